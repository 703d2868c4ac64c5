// Plays the frames of every <figure data-explorer>. The controls are in the page already; this script reads
// them and puts the frame of their setting in place. No request, no dependency; works from file:// too.
(() => {
  "use strict";
  const STEP_MS = 1200; // pace of Play
  const SAY_MS = 400; // quiet time before a screen reader is told, so that dragging does not flood it
  const NEAR = "800px"; // frames are unpacked when the figure comes this near

  const inflate = async (script) => {
    const bytes = Uint8Array.from(atob(script.textContent.trim()), (c) => c.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).json();
  };

  const whenNear = (element, act) => {
    const observer = new IntersectionObserver((seen) => {
      if (seen.some((entry) => entry.isIntersecting)) { observer.disconnect(); act(); }
    }, { rootMargin: NEAR });
    observer.observe(element);
  };

  // A drawing shown as an image becomes inline SVG again, without the style sheet that the image needed.
  const inlineDrawings = (root) => root.querySelectorAll("img.drawing").forEach((image) => {
    const bytes = Uint8Array.from(atob(image.src.split(",")[1]), (c) => c.charCodeAt(0));
    const holder = document.createElement("div");
    holder.innerHTML = new TextDecoder().decode(bytes);
    holder.querySelectorAll("style[data-k]").forEach((style) => style.remove());
    image.replaceWith(...holder.childNodes);
  });

  const decode = (text) => { try { return decodeURIComponent(text); } catch { return text; } };
  const element = (tag, className, text = "") => Object.assign(document.createElement(tag), { className, textContent: text });

  // One control: the position of its setting among the knob's values, and the setting's text and key.
  class Knob {
    constructor(box, words) {
      this.box = box;
      this.words = words;
      this.name = box.dataset.knob;
      this.label = box.dataset.label;
      this.range = box.querySelector("input[type=range]");
      this.select = box.querySelector("select");
      this.check = box.querySelector("input[type=checkbox]");
      this.radios = [...box.querySelectorAll("input[type=radio]")];
      this.output = box.querySelector("output");
    }
    get keys() {
      if (this.select) return [...this.select.options].map((option) => option.value);
      if (this.check) return ["off", "on"];
      if (this.radios.length) return this.radios.map((radio) => radio.value);
      const { min, step } = this.range, places = (step.split(".")[1] || "").length;
      return Array.from({ length: this.size }, (_, i) => String(+(+min + i * +step).toFixed(places)));
    }
    get size() {
      if (this.range) return Math.round((this.range.max - this.range.min) / this.range.step) + 1;
      return this.select ? this.select.options.length : this.check ? 2 : this.radios.length;
    }
    get at() {
      if (this.range) return Math.round((this.range.value - this.range.min) / this.range.step);
      return this.select ? this.select.selectedIndex : this.check ? +this.check.checked : this.radios.findIndex((radio) => radio.checked);
    }
    set at(i) {
      if (this.range) this.range.value = this.keys[i];
      else if (this.select) this.select.selectedIndex = i;
      else if (this.check) this.check.checked = Boolean(i);
      else this.radios[i].checked = true;
    }
    get key() { return this.keys[this.at]; }
    get text() {
      if (this.range) return this.range.dataset.text.replace("{}", this.key);
      if (this.select) return this.select.selectedOptions[0].textContent;
      return this.check ? this.words[this.key] : this.radios[this.at].parentElement.textContent.trim();
    }
    show() {
      if (this.range) {
        this.output.value = this.text;
        this.range.setAttribute("aria-valuetext", this.text);
        const ends = { back: this.at === 0, forward: this.at === this.size - 1 };
        for (const [go, end] of Object.entries(ends)) this.box.querySelector(`[data-go=${go}]`)?.setAttribute("aria-disabled", end);
      }
    }
  }

  class Explorer {
    constructor(figure) {
      this.figure = figure;
      this.words = JSON.parse(figure.dataset.words);
      this.form = figure.querySelector("form");
      this.shown = figure.querySelector(".shown");
      this.status = figure.querySelector("[role=status]");
      this.knobs = [...this.form.querySelectorAll(".knob")].map((box) => new Knob(box, this.words));
      this.form.hidden = false;
      inlineDrawings(this.shown);
      this.place = this.position();
      this.form.addEventListener("submit", (event) => event.preventDefault());
      this.form.addEventListener("input", () => { this.play(null); this.draw(); });
      this.form.addEventListener("reset", () => {
        this.play(null);
        const kept = this.form.querySelector("[data-go=compare][aria-pressed=true]");
        if (kept) this.compare(kept);
        setTimeout(() => this.draw());
      });
      this.form.addEventListener("click", (event) => this.press(event.target.closest("button[data-go]")));
      whenNear(figure, () => this.load());
      addEventListener("hashchange", () => this.restore());
      this.restore();
    }

    load() {
      this.loading ??= inflate(this.figure.querySelector("script.frames")).then(
        (data) => (this.data = data),
        () => this.form.remove(), // a browser that cannot inflate keeps the first frame, and no dead control
      );
      return this.loading;
    }

    position() { return this.knobs.reduce((place, knob) => place * knob.size + knob.at, 0); }

    async draw() {
      if (!this.data) await this.load();
      if (!this.data) return;
      for (const knob of this.knobs) {
        knob.show();
        const text = this.shown.querySelector(`pre[data-case="${knob.name}"]`);
        if (text) text.textContent = this.data.texts[knob.name][knob.at];
      }
      if (this.pair) this.tell();
      const place = this.position();
      if (this.data.index[place] === this.data.index[this.place] && this.drawn) return;
      [this.place, this.drawn] = [place, true];
      const [html, says] = this.data.frames[this.data.index[place]];
      const frame = this.shown.querySelector(".frame"), said = this.shown.querySelector(".says");
      const open = [...frame.querySelectorAll("details")].map((fold) => fold.open);
      frame.innerHTML = html;
      frame.querySelectorAll("details").forEach((fold, i) => { fold.open = open[i] ?? fold.open; });
      said.innerHTML = says;
      said.setAttribute("aria-hidden", "true"); // the status region below says the same
      clearTimeout(this.saying);
      this.saying = setTimeout(() => { this.status.textContent = said.textContent; }, SAY_MS);
    }

    press(button) {
      if (!button) return;
      const go = button.dataset.go, knob = this.knobs.find((one) => one.box.contains(button));
      if (go === "play") return this.play(this.playing ? null : knob, button);
      this.play(null);
      if (go === "compare") this.compare(button);
      else if (go === "link") this.link(button);
      else this.step(knob, go === "back" ? -1 : 1);
    }

    step(knob, by) {
      const to = knob.at + by;
      if (to < 0 || to >= knob.size) return;
      knob.at = to;
      this.draw();
    }

    // Moves `knob` forward until its end; null stops.
    play(knob, button = this.button) {
      clearInterval(this.playing);
      this.playing = null;
      this.button = button;
      button?.setAttribute("aria-pressed", String(Boolean(knob)));
      if (button) button.textContent = knob ? this.words.stop : this.words.play;
      if (!knob) return;
      const forward = () => (knob.at < knob.size - 1 ? this.step(knob, 1) : this.play(null));
      if (knob.at === knob.size - 1) { knob.at = 0; this.draw(); } else forward();
      this.playing = setInterval(forward, STEP_MS);
    }

    // Keeps the present setting beside the one that moves.
    compare(button) {
      const on = !this.pair;
      button.setAttribute("aria-pressed", String(on));
      if (!on) {
        this.shown.querySelector(".lane-h").remove();
        this.pair.replaceWith(this.shown);
        this.pair = null;
        return;
      }
      this.kept = this.knobs.map((knob) => knob.text);
      const copy = this.shown.cloneNode(true);
      copy.className = "kept";
      copy.querySelector(".says").removeAttribute("aria-hidden");
      copy.querySelectorAll("[role=region]").forEach((part) => part.setAttribute("aria-label", `${this.words.kept}: ${part.ariaLabel}`));
      this.pair = element("div", "pair");
      this.shown.replaceWith(this.pair);
      this.pair.append(copy, this.shown);
      for (const [lane, word] of [[copy, this.words.kept], [this.shown, this.words.now]]) {
        const head = element("p", "lane-h", word + " ");
        head.append(element("small", ""));
        lane.prepend(head);
      }
      this.tell();
    }

    // Writes over both lanes in what they differ.
    tell() {
      const differ = this.knobs.map((knob, i) => [knob.label, this.kept[i], knob.text]).filter(([, was, is]) => was !== is);
      [...this.pair.children].forEach((lane, i) => {
        const settings = differ.map((one) => `${one[0]}: ${one[i + 1]}`).join(", ");
        lane.querySelector(".lane-h small").textContent = settings || this.words.same;
      });
    }

    // #title:cpu=3,strategy=MostAllocated
    link(button) {
      const state = this.knobs.map((knob) => `${knob.name}=${encodeURIComponent(knob.key)}`).join(",");
      history.replaceState(null, "", `#${this.figure.id}:${state}`);
      const say = (words) => { this.status.textContent = button.textContent = words; };
      const back = button.dataset.text ??= button.textContent;
      const copied = navigator.clipboard ? navigator.clipboard.writeText(location.href) : Promise.reject();
      copied.then(() => say(this.words.copied), () => say(this.words.address));
      setTimeout(() => { button.textContent = back; }, 2000);
    }

    restore() {
      const [id, state] = location.hash.slice(1).split(/:(.*)/s);
      if (decode(id) !== this.figure.id || !state) return;
      const wanted = new Map(state.split(",").map((one) => one.split(/=(.*)/s)));
      for (const knob of this.knobs) {
        const key = wanted.get(knob.name), at = key === undefined ? -1 : knob.keys.indexOf(decode(key));
        if (at >= 0) knob.at = at;
      }
      this.figure.scrollIntoView();
      this.draw();
    }
  }

  const start = () => {
    document.querySelectorAll(".kf[data-explorer]").forEach((figure) => { figure.explorer ??= new Explorer(figure); });
    document.querySelectorAll(".kf:not([data-explorer])").forEach(inlineDrawings);
  };
  window.k8smodels = { inflate, whenNear, inlineDrawings };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", start); else start();
})();
