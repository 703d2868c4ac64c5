"""What a visit to a page records and what can be asked of it. No test stands here."""

import contextlib
from functools import cache
from pathlib import Path

import axe_core_python

SLOW = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 94_000}
"""A slow phone's line: 1.6 Mbit/s down, 0.75 up, 150 ms."""
SLOW_CPU = 4
VISITS = 8
"""How often a time is taken at most: other work on the machine only ever delays a paint, so the best counts."""

WATCH = """
window.paints = {lcp: 0, shift: 0};
new PerformanceObserver((list) => list.getEntries().forEach((e) => { paints.lcp = e.startTime; }))
  .observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver((list) => list.getEntries().forEach((e) => { if (!e.hadRecentInput) paints.shift += e.value; }))
  .observe({type: "layout-shift", buffered: true});
"""

READY = "document.querySelectorAll('.kf[data-explorer]').length === " + (
    "[...document.querySelectorAll('.kf[data-explorer]')].filter((figure) => figure.explorer).length"
)

# Turns every knob of every explorer through all its settings; where a knob changes nothing from the start, it is
# tried again from other settings of the others. Gives the names of the knobs that never changed anything.
DRIVE = """
async () => {
  const dead = [];
  for (const figure of document.querySelectorAll(".kf[data-explorer]")) {
    const player = figure.explorer, shown = figure.querySelector(".shown");
    await player.load();
    const look = async () => { await player.draw(); return shown.innerHTML; };
    const settings = Array.from({length: 60}, (_, n) => player.knobs.map((knob, i) =>
      n ? Math.floor(((n * (i + 3) * 7919) % 104729) / 104729 * knob.size) : knob.at));
    for (const knob of player.knobs) {
      let moved = false;
      for (const setting of settings) {
        player.knobs.forEach((one, i) => { one.at = setting[i]; });
        const seen = new Set();
        for (let i = 0; i < knob.size && !moved; i++) {
          knob.at = i;
          knob.box.querySelector("input, select").dispatchEvent(new Event("input", {bubbles: true}));
          seen.add(await look());
          moved = seen.size > 1;
        }
        if (moved) break;
      }
      if (!moved) dead.push(`${figure.id}: ${knob.name}`);
      player.knobs.forEach((one, i) => { one.at = settings[0][i]; });
      await look();
    }
  }
  return dead;
}
"""

# Milliseconds from each move of a slider to the paint after it.
SLIDE = """
async () => {
  const painted = () => new Promise((done) => requestAnimationFrame(() => {
    const {port1, port2} = new MessageChannel();
    port1.onmessage = done;
    port2.postMessage(null);
  }));
  const took = [];
  for (const figure of document.querySelectorAll(".kf[data-explorer]")) {
    await figure.explorer.load();
    figure.scrollIntoView();
    await painted();
    for (const slider of figure.querySelectorAll("input[type=range]")) {
      const steps = Math.round((slider.max - slider.min) / slider.step);
      for (let i = 0; i < 40; i++) {
        const began = performance.now();
        slider.value = +slider.min + (i % (steps + 1)) * slider.step;
        slider.dispatchEvent(new Event("input", {bubbles: true}));
        await painted();
        took.push(performance.now() - began);
      }
    }
  }
  return took;
}
"""

# What the Tab key must reach: one stop a control, one a group of radio buttons.
STOPS = """
() => {
  const groups = new Set(), stops = [], kinds = "input, select, button, summary, pre[tabindex='0'], textarea";
  for (const part of document.querySelectorAll(`.kf :is(${kinds})`)) {
    if (!part.checkVisibility({visibilityProperty: true}) || part.disabled) continue;
    if (part.type === "radio") {
      const chosen = document.querySelector(`input[name="${CSS.escape(part.name)}"]:checked`);
      if (groups.has(part.name) || (chosen && chosen !== part)) continue;
      groups.add(part.name);
    }
    part.stop = stops.push(part.id || part.textContent.slice(0, 40) || part.name) - 1;
  }
  return stops;
}
"""

FOCUSED = """
() => {
  const at = document.activeElement;
  const ring = [at, at.closest("label")].some((part) => part && getComputedStyle(part).outlineStyle !== "none"
    && parseFloat(getComputedStyle(part).outlineWidth) > 0);
  return [at === document.body ? null : at.stop ?? -1, ring];
}
"""


@cache
def axe_source():
    """The script of axe-core that the Python package carries."""
    return (Path(axe_core_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


class Visit:
    """A page opened in a browser of its own; requests that leave the machine are aborted and recorded."""

    def __init__(self, chromium, address, *, width=1280, dark=False, scripts=True, slow=False, fragment=""):
        scheme = "dark" if dark else "light"
        self.context = chromium.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, java_script_enabled=scripts
        )
        self.external, self.failed, self.errors, self.weights = [], [], [], []
        if not slow:  # a detour of each request through this process would be timed, too
            self.context.route("**/*", self._route)
        self.page = self.context.new_page()
        self.page.on("requestfailed", lambda request: self.failed.append(request.url))
        self.page.on("response", self._weigh)
        self.page.on("console", lambda line: self.errors.append(line.text) if line.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        if scripts:
            self.page.add_init_script(WATCH + f'localStorage.setItem("mode", "{scheme}");')
        if slow:
            session = self.context.new_cdp_session(self.page)
            session.send("Network.enable")
            session.send("Network.emulateNetworkConditions", SLOW)
            session.send("Emulation.setCPUThrottlingRate", {"rate": SLOW_CPU})
        self.page.goto(address + fragment, wait_until="load")
        if scripts:
            self.page.evaluate(f"document.documentElement.dataset.theme = '{scheme}'")
            self.page.wait_for_function(READY)

    def _route(self, route):
        if route.request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            return route.continue_()
        self.external.append(route.request.url)
        return route.abort()

    def _weigh(self, response):
        if response.url.startswith("data:"):
            return
        if response.status >= 400:
            self.failed.append(f"{response.status} {response.url}")
        self.weights.append((int(response.headers.get("content-length", 0)), response.url))

    def largest_paint(self):
        """When the largest piece of text or picture was painted, in ms."""
        self.page.wait_for_timeout(500)
        return self.page.evaluate("window.paints.lcp")

    def axe(self):
        """What axe finds: rule, elements."""
        # axe takes the colours of what is not laid out yet for others: show it all, as to a reader who scrolls
        self.page.add_style_tag(content=":is(.cell, ul.statements) { content-visibility: visible !important; }")
        self.page.evaluate(axe_source())
        found = self.page.evaluate('axe.run(document, { resultTypes: ["violations"] })')["violations"]
        return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]

    def overflow(self):
        """Pixels by which the page is wider than the window."""
        return self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")

    def visible(self, selector):
        """How many elements of `selector` a reader sees."""
        return sum(one.is_visible() for one in self.page.locator(selector).all())

    def close(self):
        """Ends the visit."""
        with contextlib.suppress(Exception):
            self.context.close()
