"""The CronJob controller: schedules, missed starts, and Jobs that overlap."""
