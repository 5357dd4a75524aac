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

// ---- the review queue: all pairs are in the page, one is shown; a pair is "sent", "decided", "skipped" or still to do;
// answers go to the server one after the other, so that what it says last is about the last one

const queue = find("#pairs");
const live = find("#live");
const AHEAD = 3;
let shownAt = performance.now();
let undoWanted = false;

const pairs = () => [...document.querySelectorAll(".pair")];
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

// somebody else has changed one of the two: the pair comes again as it is now, if it still waits
function renew(pair) {
  pair.remove();
  if (!current()) show(open()[0]);
  say(live.dataset.stale);
  refill();
}

// a key may be faster than htmx, which takes over what came into the page a moment later
function press(button) {
  if (!button) return;
  htmx.process(button.form);
  button.click();
}

function undo() {
  if (pairs().some((pair) => pair.dataset.state === "sent")) undoWanted = true;
  else press(find("[data-undo]"));
}

document.addEventListener("submit", ({ target: form, submitter }) => {
  if (!form.matches(".verdict")) return;
  form.elements.elapsed_ms.value = Math.round(performance.now() - shownAt);
  if (!queue) return;
  // the next pair is shown without waiting for the answer; by then the form has forgotten its button
  const verdict = (form.dataset.verdict = submitter.value);
  form.closest(".pair").dataset.state = verdict === "unsure" ? "skipped" : "sent";
  goOn(live.dataset[verdict] ?? live.dataset.related);
}, true);

if (queue) {
  document.body.addEventListener("htmx:configRequest", ({ target: form, detail }) => {
    if (form.matches(".verdict")) detail.parameters.set("verdict", form.dataset.verdict);
  });

  document.body.addEventListener("htmx:afterRequest", ({ target: form, detail }) => {
    if (!form.matches(".verdict")) return;
    const pair = form.closest(".pair");
    if (detail.xhr.status === 412) renew(pair);
    else if (!detail.successful) comeBack(pair.dataset.pair, live.dataset.failed);
    else if (pair.dataset.state === "sent") pair.dataset.state = "decided";
  });

  document.body.addEventListener("htmx:afterSettle", () => {
    if (!undoWanted || pairs().some((pair) => pair.dataset.state === "sent")) return;
    undoWanted = false;
    undo();
  });

  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target === queue && !current()) show(open()[0]);
    const undone = find("[data-undone]", event.detail.target)?.dataset.undone;
    if (event.detail.target.id === "said" && undone) comeBack(undone, live.dataset.undone);
  });
}

// ---- keys, by their place on the keyboard: with a Chinese input method on, letters never arrive as letters

const anywhere = {
  KeyZ: undo,
  KeyT: () => find("[data-next]")?.click(),
  KeyG: () => find("[data-back]")?.click(),
};

const onPair = {
  KeyM: () => press(find(".verdict .same", current())),
  KeyN: () => press(find(".verdict .different", current())),
  KeyU: () => press(find(".verdict .unsure", current())),
  KeyC: () => find("textarea", current()).focus(),
  KeyJ: () => queue && step(1),
  KeyK: () => queue && step(-1),
  KeyE: () => toggle(".waterfall"),
  KeyR: () => toggle(".related") && find("input:checked", find(".related", current())).focus(),
};

function toggle(part) {
  const details = find(part, current());
  return (details.open = !details.open);
}

// once relations are opened, a letter states one
function relation(code) {
  const button = find(`.related[open] button[aria-keyshortcuts="${code.slice(-1)}"]`, current());
  return code.startsWith("Key") && button && (() => press(button));
}

function isWriting(event) {
  return event.isComposing || event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, dialog");
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") event.target.closest("textarea")?.closest(".pair")?.focus();
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || !wanted?.checked || isWriting(event)) return;
  let act;
  if (event.key === "?" || (event.code === "Slash" && event.shiftKey)) act = () => help.showModal();
  else if (event.key === "/" || event.code === "Slash") act = () => find("#ask, #search")?.focus();
  else if (!event.shiftKey) act = (current() && (relation(event.code) || onPair[event.code])) || anywhere[event.code];
  if (!act) return;
  event.preventDefault();
  act();
});
