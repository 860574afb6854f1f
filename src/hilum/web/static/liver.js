// The room of the liver: picture and list are one control. Numbers and verdicts come from hilum.
const plan = document.getElementById("plan");
const viewer = document.getElementById("viewer");
const boxes = () => [...document.querySelectorAll("input[data-segment]")];
document.documentElement.classList.add("js");

function painted() {
  const gone = new Set(boxes().filter((one) => one.checked).map((one) => one.value));
  for (const one of document.querySelectorAll("g[data-segment]"))
    one.classList.toggle("gone", gone.has(one.dataset.segment));
  if (shown) colour(gone);
}

function toggle(number) {
  const box = boxes().find((one) => one.value === String(number));
  if (!box) return;
  box.checked = !box.checked;
  box.focus({ preventScroll: true });
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

if (plan) {
  plan.addEventListener("change", () => {
    painted();
    const undo = plan.querySelector("[data-undo]");
    if (undo) undo.disabled = false;
  });
  for (const one of document.querySelectorAll("g[data-segment]"))
    one.addEventListener("click", () => toggle(one.dataset.segment));
  // Single keys only while the list has the focus, and no field where one writes.
  plan.addEventListener("keydown", (event) => {
    const field = event.target;
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (field.matches("select, input:not([type=checkbox])")) return;
    if (/^[1-8]$/.test(event.key)) toggle(event.key);
    else if (event.key.toLowerCase() === "z") plan.querySelector("[data-undo]")?.click();
    else return;
    event.preventDefault();
  });
}

// The picture to turn: loaded when it is asked for, over the still that stays where it cannot be.
let shown = null;
const said = document.getElementById("viewer-said");

function capable() {
  try {
    return Boolean(document.createElement("canvas").getContext("webgl2"));
  } catch {
    return false;
  }
}

function script(address) {
  return new Promise((done, failed) => {
    const one = document.createElement("script");
    one.src = address;
    one.onload = done;
    one.onerror = failed;
    document.head.append(one);
  });
}

function table(gone) {
  const labels = JSON.parse(viewer.dataset.labels);
  const part = (hex, at) => parseInt(hex.slice(at, at + 2), 16);
  const rows = [["", 0, 0, 0, 0], ...labels.map((one) => {
    const away = one.kind === "segment" && gone.has(String(one.of));
    const share = away ? 0.3 : 1;
    return [one.name, ...[1, 3, 5].map((at) => Math.round(share * part(one.colour, at))), 255];
  })];
  const column = (at) => rows.map((row) => row[at]);
  return { labels: column(0), R: column(1), G: column(2), B: column(3), A: column(4),
           I: rows.map((_, number) => number) };
}

function colour(gone) {
  // The label maps lie over the CT where there is one.
  shown.volumes.at(-1).setColormapLabel(table(gone));
  shown.updateGLVolume();
}

const BUTTONS = ["turn", "ct"].map((one) => document.getElementById(one)).filter(Boolean);
const windows = document.getElementById("windows");
const OVER = 0.35;
let words = "";

function closed() {
  const still = viewer.querySelector(".still-front");
  shown = null;
  viewer.querySelector(".turned")?.remove();
  still.hidden = false;
  for (const one of BUTTONS) one.setAttribute("aria-pressed", "false");
  if (windows) windows.hidden = true;
}

function framed(label) {
  const canvas = document.createElement("canvas");
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  const still = viewer.querySelector(".still-front");
  still.hidden = true;
  const frame = document.createElement("div");
  frame.className = "turned";
  frame.append(canvas);
  still.before(frame);
  return canvas;
}

async function turn(button) {
  const was = button.getAttribute("aria-pressed") === "true";
  if (shown) closed();
  else words = said.textContent;
  said.textContent = words;
  if (was) return;
  const ct = button.id === "ct";
  const label = ct ? viewer.dataset.ctCanvas : viewer.dataset.canvas;
  said.textContent = viewer.dataset.loading;
  try {
    if (!window.niivue) await script(viewer.dataset.script);
    const canvas = framed(label);
    const made = new niivue.Niivue({
      backColor: [0.043, 0.051, 0.063, 1], isRadiologicalConvention: true, show3Dcrosshair: true,
      crosshairColor: [1, 1, 1, 0.6], dragAndDropEnabled: false, isNearestInterpolation: !ct,
      logLevel: "silent", multiplanarShowRender: ct ? 0 : 1,
    });
    await made.attachToCanvas(canvas);
    const map = { url: viewer.dataset.map, name: "view.nii.gz" };
    const first = ct && windows.querySelector("[data-low]");
    await made.loadVolumes(ct ? [
      { url: viewer.dataset.ct, name: "ct.nii.gz", colormap: "gray",
        cal_min: Number(first.dataset.low), cal_max: Number(first.dataset.high) },
      { ...map, opacity: OVER },
    ] : [map]);
    made.setInterpolation(!ct);
    made.setSliceType(made.sliceTypeMultiplanar);
    pressed(canvas, made);
    shown = made;
    painted();
    button.setAttribute("aria-pressed", "true");
    said.textContent = label;
    if (ct) {
      windows.hidden = false;
      pick(first);
      canvas.addEventListener("keydown", keyed);
    }
  } catch {
    closed();
    said.textContent = viewer.dataset.missing;
  }
}

// Level and width of the CT, and the label maps over it: buttons, or their digits.
function pick(button) {
  if (!shown) return;
  if (button.dataset.low === undefined) {
    const over = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(over));
    shown.setOpacity(1, over ? OVER : 0);
    return;
  }
  for (const one of windows.querySelectorAll("[data-low]"))
    one.setAttribute("aria-pressed", String(one === button));
  shown.volumes[0].cal_min = Number(button.dataset.low);
  shown.volumes[0].cal_max = Number(button.dataset.high);
  shown.updateGLVolume();
}

function keyed(event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const button = [...windows.children].find((one) => one.dataset.key === event.key);
  if (!button) return;
  pick(button);
  event.preventDefault();
}

if (windows) {
  windows.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) pick(button);
  });
  windows.addEventListener("keydown", keyed);
}

// The number of the label maps at a place, wherever they lie: the CT may have voxels of its own.
function at(made, place) {
  const map = made.volumes.at(-1);
  return map.getValue(...map.mm2vox([...made.frac2mm(place)].slice(0, 3)));
}

// A press in a slice that did not move is a press on a segment; anything else turns or scrolls.
function pressed(canvas, made) {
  const labels = JSON.parse(viewer.dataset.labels);
  let from = null;
  canvas.addEventListener("pointerdown", (event) => { from = [event.clientX, event.clientY]; });
  canvas.addEventListener("click", (event) => {
    if (!from || Math.hypot(event.clientX - from[0], event.clientY - from[1]) > 3) return;
    const box = canvas.getBoundingClientRect();
    const scale = canvas.width / box.width;
    const place = made.canvasPos2frac(
      [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale]);
    if (place[0] < 0) return;
    const one = labels[Math.round(at(made, place)) - 1];
    if (one?.kind === "segment") toggle(one.of);
  });
}

if (viewer) {
  if (capable()) {
    BUTTONS[0].parentElement.hidden = false;
    for (const one of BUTTONS) one.addEventListener("click", () => turn(one));
  } else {
    said.textContent = viewer.dataset.missing;
  }
}
