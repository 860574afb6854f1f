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
