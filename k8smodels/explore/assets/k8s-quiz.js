// Predictions and exercises of a static page. Needs k8s-explorer.js before it.
// Nothing leaves the browser: a guess is kept in its local storage under the question's key.
(() => {
  "use strict";
  const { inflate, whenNear, inlineDrawings } = window.k8smodels;

  const stored = {
    get(key) { try { return localStorage.getItem(key); } catch { return null; } },
    set(key, value) { try { value === null ? localStorage.removeItem(key) : localStorage.setItem(key, value); } catch { /* private window */ } },
  };
  const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const chosen = (root) => [...root.querySelectorAll("input:checked")];

  // The answer opens once the reader has committed to a guess; the guess stands beside it, today and after a reload.
  class Predict {
    constructor(box) {
      this.box = box;
      this.words = JSON.parse(box.dataset.words);
      this.key = `k8smodels.predict.${box.dataset.predict}`;
      this.radios = [...box.querySelectorAll("input[type=radio]")];
      this.form = box.querySelector("form");
      [this.commit, this.again] = this.form.querySelectorAll("button");
      this.said = box.querySelector("[role=status]");
      this.answer = box.querySelector("details.answer");
      box.querySelectorAll(".js[hidden]").forEach((part) => { if (part !== this.again) part.hidden = false; });
      inlineDrawings(box);
      this.form.addEventListener("submit", (event) => { event.preventDefault(); this.guess(chosen(this.form)[0]?.value); });
      this.form.addEventListener("reset", () => this.forget());
      this.answer.querySelector("summary").addEventListener("click", (event) => {
        if (this.guessed) return;
        event.preventDefault();
        this.say(this.words.first);
      });
      const before = stored.get(this.key);
      if (before !== null && this.radios[before]) this.show(before);
    }

    say(words) { this.said.textContent = words; }

    guess(value) {
      if (value === undefined) return this.say(this.words.first);
      stored.set(this.key, value);
      this.show(value);
      this.answer.open = true;
      this.again.focus();
      this.say(this.words.kept);
    }

    show(value) {
      this.guessed = true;
      this.radios[value].checked = true;
      this.radios.forEach((radio) => { radio.disabled = true; });
      [this.commit.hidden, this.again.hidden] = [true, false];
      const right = value === this.box.dataset.answer, verdict = this.box.querySelector(".guess");
      const text = this.radios[value].parentElement.textContent.trim();
      verdict.className = `v guess ${right ? "ok" : "no"}`;
      verdict.replaceChildren(Object.assign(document.createElement("b"), { textContent: fill(right ? this.words.right : this.words.wrong, { guess: text }) }));
      const why = this.box.querySelector(`li[data-option="${value}"]`);
      if (why && !right) verdict.append(" ", ...[...why.cloneNode(true).childNodes].slice(1));
      verdict.hidden = false;
    }

    forget() {
      this.guessed = false;
      stored.set(this.key, null);
      this.radios.forEach((radio) => { radio.disabled = false; });
      [this.commit.hidden, this.again.hidden] = [false, true];
      this.box.querySelector(".guess").hidden = true;
      this.answer.open = false;
      this.say("");
    }
  }

  const NUMBER = /^[-+]?(\d+(\.\d*)?|\.\d+)(\/\d+)?$/;
  const number = (text) => {
    const plain = text.replaceAll(",", ".").replaceAll(" ", "");
    if (!NUMBER.test(plain) || /\/0+$/.test(plain)) return null;
    const [top, bottom = "1"] = plain.split("/");
    return top / bottom;
  };
  const same = (a, b) => Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(b));

  // Why a step's answer is wrong, null when it is right: the rules of k8smodels/explore/exercise.py.
  const mistake = (step, field, words) => {
    const explain = (known) => `${words.wrong} ${known?.[1] ?? step.why}`.trim();
    if (step.kind === "several") {
      const taken = new Set(chosen(field).map((input) => step.options[input.value]));
      const differ = step.options.filter((option) => taken.has(option) !== step.answer.includes(option));
      const known = differ.map((option) => step.wrong.find(([key]) => key === option)).find(Boolean);
      return differ.length ? explain(known) : null;
    }
    const reply = step.kind === "choice"
      ? step.options[chosen(field)[0]?.value] ?? ""
      : field.querySelector("input").value.trim().replace(/\s+/g, " ");
    if (!reply) return words.empty;
    if (step.kind !== "number") return reply === step.answer ? null : explain(step.wrong.find(([key]) => key === reply));
    const value = number(reply);
    if (value === null) return words.number;
    return same(value, step.answer) ? null : explain(step.wrong.find(([key]) => same(value, key)));
  };

  class Exercise {
    constructor(box) {
      this.box = box;
      this.words = JSON.parse(box.dataset.words);
      this.form = box.querySelector("form");
      this.said = box.querySelector(".said");
      this.at = 0;
      this.ready(box);
      this.form.addEventListener("submit", (event) => { event.preventDefault(); this.check(); });
      this.form.addEventListener("input", () => this.mark("none"));
      this.form.querySelector("[data-go=new]")?.addEventListener("click", () => this.next());
      whenNear(box, () => this.load());
    }

    load() {
      this.loading ??= inflate(this.box.querySelector("script.frames")).then((tasks) => (this.tasks = tasks));
      return this.loading;
    }

    ready(root) {
      root.querySelectorAll(".js[hidden]").forEach((part) => { part.hidden = false; });
      inlineDrawings(root);
    }

    async check() {
      await this.load();
      const steps = this.tasks[this.at].steps, fields = [...this.form.querySelectorAll(".step")];
      const found = steps.map((step, i) => mistake(step, fields[i], this.words));
      const wrong = found.findIndex((why) => why !== null);
      this.mark(wrong < 0 ? "right" : "wrong");
      fields[wrong]?.setAttribute("aria-invalid", "true");
      this.said.className = `said v ${wrong < 0 ? "ok" : "no"}`;
      this.said.textContent = wrong < 0 ? this.words.right : found[wrong].replace("{step}", wrong + 1);
    }

    mark(state) {
      this.box.classList.toggle("right", state === "right");
      this.box.classList.toggle("wrong", state === "wrong");
      this.box.querySelector(".state").textContent = this.words[`state_${state}`];
      this.form.querySelectorAll("[aria-invalid]").forEach((field) => field.removeAttribute("aria-invalid"));
      this.said.className = "said";
      this.said.textContent = "";
    }

    async next() {
      await this.load();
      this.at = (this.at + 1) % this.tasks.length;
      for (const part of ["given", "aids"]) {
        const place = this.box.querySelector(`.${part}`);
        place.innerHTML = this.tasks[this.at][part];
        this.ready(place);
      }
      this.mark("none");
      this.said.textContent = fill(this.words.new, { set: this.at + 1, total: this.tasks.length });
    }
  }

  const start = () => {
    document.querySelectorAll(".kf[data-predict]").forEach((box) => { box.predict ??= new Predict(box); });
    document.querySelectorAll(".kf[data-exercise]").forEach((box) => { box.exercise ??= new Exercise(box); });
  };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", start); else start();
})();
