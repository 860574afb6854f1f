// What a page does beyond htmx: find a fact, open what a link leads to. Nothing is lost without it.
"use strict";
const find = document.getElementById("find");
function narrow() {
  const asked = find.value.trim().toLocaleLowerCase();
  for (const fact of document.querySelectorAll("[data-fact]"))
    fact.hidden = asked !== "" && !fact.dataset.fact.toLocaleLowerCase().includes(asked);
  for (const group of document.querySelectorAll("details.facts")) {
    const any = group.querySelector("[data-fact]:not([hidden])") !== null;
    group.hidden = !any;
    if (asked !== "") group.open = any;
  }
  const none = document.querySelector("[data-fact]:not([hidden])") === null;
  document.getElementById("none-found").hidden = !none;
}
if (find) {
  find.closest(".find").hidden = false;
  find.addEventListener("input", (event) => { event.stopPropagation(); narrow(); });
  find.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
    if (event.key === "Escape") { find.value = ""; narrow(); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target.closest("input, textarea, select")) return;
    event.preventDefault();
    find.focus();
  });
}
function reveal() {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  if (!target) return;
  target.scrollIntoView({ block: "center" });
  const field = target.querySelector("input, select, textarea");
  if (field) field.focus({ preventScroll: true });
}
addEventListener("hashchange", reveal);
document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#f-"]');
  if (link && link.hash === location.hash) reveal();
});
if (location.hash.startsWith("#f-")) reveal();

// What is done leads on by itself.
new MutationObserver(() => {
  const ready = document.querySelector("[data-go]");
  if (ready) location.replace(ready.dataset.go);
}).observe(document.body, { childList: true, subtree: true });

// A row that was moved keeps the focus.
const follow = () => document.querySelector("[data-focus]")?.focus();
document.addEventListener("htmx:after:swap", follow);
follow();

// Rows in an order: single keys do nothing while a field has the focus.
document.addEventListener("keydown", (event) => {
  const rows = [...document.querySelectorAll("[data-order] [data-row]")];
  if (!rows.length || event.ctrlKey || event.metaKey) return;
  if (event.target.closest("input, textarea, select")) return;
  const at = rows.indexOf(event.target.closest("[data-row]"));
  const key = event.key.toLowerCase();
  const press = (button) => button && !button.disabled && button.click();
  if (event.altKey) {
    if (at < 0 || (key !== "arrowup" && key !== "arrowdown")) return;
    press(rows[at].querySelector(`button[value=${key.slice(5)}]`));
  } else if (key === "j" || key === "k") {
    const to = Math.min(Math.max(at + (key === "j" ? 1 : -1), 0), rows.length - 1);
    rows[to].querySelector("a").focus();
  } else if (key === "z") press(document.querySelector("[data-undo]"));
  else return;
  event.preventDefault();
});

// All studies without the one in focus, drawn by hilum into the forest.
const forest = document.getElementById("forest");
const left = (event) => {
  const row = event.target.closest?.("[data-without]");
  if (!row || !forest) return;
  const address = new URL(forest.src);
  address.searchParams.set("without", row.dataset.without);
  if (address.href !== forest.src) forest.src = address.href;
};
for (const kind of ["mouseover", "focusin"]) document.addEventListener(kind, left);

// Filters are folded where the screen is narrow, and open where it is wide.
const narrowScreen = matchMedia("(max-width:899px)");
const fold = () => {
  for (const one of document.querySelectorAll("details[data-fold]")) one.open = !narrowScreen.matches;
};
narrowScreen.addEventListener("change", fold);
fold();

// A table wider than its room says that more lies to the right, until one is there.
function sideways() {
  for (const line of document.querySelectorAll("[data-sideways]")) {
    const room = line.nextElementSibling;
    const left = () => room.scrollWidth - room.clientWidth - room.scrollLeft;
    line.hidden = left() < 2;
    room.onscroll = () => line.classList.toggle("there", left() < 2);
  }
}
addEventListener("resize", sideways);
document.addEventListener("htmx:after:swap", sideways);
sideways();

// The keys of this page: those that the table knows, and those that stand at a button or a choice.
const help = document.getElementById("keys-help");
function keysOf() {
  for (const own of help.querySelectorAll("[data-own]")) own.remove();
  for (const row of help.querySelectorAll("[data-when]"))
    row.hidden = document.querySelector(row.dataset.when) === null;
  const known = new Set([...help.querySelectorAll("[data-when]:not([hidden]) kbd")].map((one) => one.textContent.trim()));
  for (const at of document.querySelectorAll("main :is(button, label, a):has(kbd)")) {
    const key = at.querySelector("kbd").textContent.trim();
    if (!key || known.has(key) || at.closest("[hidden]")) continue;
    known.add(key);
    const said = at.cloneNode(true);
    for (const one of said.querySelectorAll("kbd, input, svg, .n, .is, .isnt, .hidden")) one.remove();
    const row = document.createElement("div");
    row.dataset.own = "";
    const term = document.createElement("dt"), name = document.createElement("kbd");
    const what = document.createElement("dd");
    name.textContent = key;
    what.textContent = said.textContent.trim().replace(/\s+/g, " ") || at.getAttribute("aria-label") || "";
    term.append(name);
    row.append(term, what);
    help.querySelector("dl").append(row);
  }
  return known.size > 0;
}
if (help?.showModal)
  document.addEventListener("keydown", (event) => {
    if ((event.key !== "?" && event.key !== "\uff1f") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (help.open || event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select")) return;
    if (!keysOf()) return;
    event.preventDefault();
    help.showModal();
  });
