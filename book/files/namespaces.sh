#!/bin/sh
# A Pod of two containers made by hand (Linux, root): what do they share? All of it ends with this script.
unshare --net --ipc --uts sleep 60 & pause=$!
sleep 0.2
for name in app side; do
    nsenter --target $pause --net --ipc --uts unshare --mount --cgroup --pid --fork --kill-child sleep 60 &
    eval $name=$!
done
sleep 0.5

show() {
    echo "\$ ls -l /proc/$1/ns    # $2"
    ls -l /proc/$1/ns
    echo
}

show self 'a shell on the node'
show "$(cat /proc/$app/task/$app/children | tr -d ' ')" 'the container app'
show "$(cat /proc/$side/task/$side/children | tr -d ' ')" 'the container side'
show $pause 'pause, which holds what the Pod shares'
kill $pause $app $side
wait
