// Keys, the review queue, and the reader's time zone. Everything but the queue's speed works without this script.

const root = document.body.dataset.root;
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
if (/^[\w/+-]+$/.test(zone)) document.cookie = `hub_zone=${zone}; path=${root}/; max-age=31536000; samesite=lax`;

const find = (selector, within = document) => within.querySelector(selector);

// ---- help, and whether single keys are wanted (somebody who dictates may not want them)

const help = find("#help");
const wanted = find("#keys-on");
if (wanted) {
  wanted.checked = localStorage.getItem("hub_keys") !== "off";
  wanted.addEventListener("change", () => localStorage.setItem("hub_keys", wanted.checked ? "on" : "off"));
}
find("[data-help]")?.addEventListener("click", () => help.showModal());

// ---- the review queue: all pairs are in the page, one is shown; a pair is "sent", "decided", "skipped" or still to do

const queue = find("#pairs");
const live = find("#live");
const AHEAD = 3;
let shownAt = performance.now();

const pairs = () => [...queue.querySelectorAll(".pair")];
const open = () => pairs().filter((pair) => !pair.dataset.state);
const current = () => pairs().find((pair) => !pair.hidden);

function say(words) {
  live.textContent = words;
}

function show(pair) {
  for (const other of pairs()) other.hidden = other !== pair;
  find("#none").hidden = Boolean(pair);
  shownAt = performance.now();
  pair?.focus({ preventScroll: true });
}

function goOn(words) {
  const next = open()[0];
  show(next);
  say(next ? `${words} ${live.dataset.next} ${next.dataset.named}` : `${words} ${live.dataset.none}`);
  refill();
}

function refill() {
  if (open().length >= AHEAD) return;
  const held = pairs().filter((pair) => pair.dataset.state !== "decided");
  find("#more").elements.seen.value = held.map((pair) => pair.dataset.pair).join(" ");
  htmx.trigger("#more", "refill");
}

function skip() {
  const pair = current();
  if (!pair) return;
  pair.dataset.state = "skipped";
  goOn(live.dataset.skip);
}

function step(by) {
  const reachable = pairs().filter((pair) => pair === current() || !["sent", "decided"].includes(pair.dataset.state));
  const pair = reachable[reachable.indexOf(current()) + by];
  if (!pair) return;
  delete pair.dataset.state;
  show(pair);
  say(pair.dataset.named);
}

function comeBack(name, words) {
  const pair = pairs().find((one) => one.dataset.pair === name);
  if (pair) {
    delete pair.dataset.state;
    show(pair);
  }
  say(words);
}

if (queue) {
  queue.addEventListener("click", (event) => event.target.closest("[data-skip]") && skip());

  document.body.addEventListener("htmx:configRequest", (event) => {
    if (event.target.matches(".verdict")) event.detail.parameters.set("elapsed_ms", Math.round(performance.now() - shownAt));
  });

  // the verdict is on its way: the next pair is shown without waiting for the answer
  document.body.addEventListener("htmx:beforeSend", (event) => {
    if (!event.target.matches(".verdict")) return;
    event.target.closest(".pair").dataset.state = "sent";
    goOn(live.dataset[event.detail.requestConfig.parameters.verdict]);
  });

  document.body.addEventListener("htmx:afterRequest", (event) => {
    if (!event.target.matches(".verdict")) return;
    const pair = event.target.closest(".pair");
    if (event.detail.successful) pair.dataset.state = "decided";
    else comeBack(pair.dataset.pair, live.dataset.failed);
  });

  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target === queue && !current()) show(open()[0]);
    const undone = find("[data-undone]", event.detail.target)?.dataset.undone;
    if (event.detail.target.id === "said" && undone) comeBack(undone, live.dataset.undone);
  });
}

// ---- keys, by their place on the keyboard: with a Chinese input method on, letters never arrive as letters

const keys = {
  KeyM: () => find(".verdict .same", current())?.click(),
  KeyN: () => find(".verdict .different", current())?.click(),
  KeyU: skip,
  KeyZ: () => find("#said [data-undo]")?.click(),
  KeyJ: () => step(1),
  KeyK: () => step(-1),
  KeyE: () => {
    const why = find(".waterfall", current());
    if (why) why.open = !why.open;
  },
};

function isWriting(event) {
  return event.isComposing || event.target.closest("input:not([type=checkbox]), textarea, select, dialog");
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || !wanted?.checked || isWriting(event)) return;
  let act;
  if (event.key === "?" || (event.code === "Slash" && event.shiftKey)) act = () => help.showModal();
  else if (event.key === "/" || event.code === "Slash") act = () => find("#ask, #search")?.focus();
  else if (queue && (current() || event.code === "KeyZ") && !event.shiftKey) act = keys[event.code];
  if (!act) return;
  event.preventDefault();
  act();
});
