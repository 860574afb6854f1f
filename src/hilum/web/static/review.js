// Single keys of the screening: they do nothing while a field has the focus, and can be switched off.
"use strict";
document.addEventListener("keydown", (event) => {
  const screen = document.querySelector("#screen[data-keys]");
  if (!screen || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input:not([type=radio]), textarea, select, summary, details")) return;
  const key = event.key.toLowerCase();
  if (key.length !== 1) return;
  const found = [...screen.querySelectorAll("[data-key]")].find((one) => one.dataset.key === key);
  if (!found || found.disabled) return;
  event.preventDefault();
  if (event.repeat) return;
  if (found.type === "radio") found.checked = !found.checked;
  else if (found.tagName === "BUTTON") found.click();
  else found.focus();
});
// Escape leaves the note, so that the keys decide again.
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.id === "note") event.target.blur();
});
