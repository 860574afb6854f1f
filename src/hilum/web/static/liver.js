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
  shown.volumes[0].setColormapLabel(table(gone));
  shown.updateGLVolume();
}

async function turn(button) {
  const still = viewer.querySelector(".still-front");
  if (shown) {
    shown = null;
    viewer.querySelector(".turned").remove();
    still.hidden = false;
    said.textContent = still.dataset.words;
    button.setAttribute("aria-pressed", "false");
    return;
  }
  const words = said.textContent;
  said.textContent = viewer.dataset.loading;
  const canvas = document.createElement("canvas");
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", viewer.dataset.canvas);
  try {
    if (!window.niivue) await script(viewer.dataset.script);
    still.hidden = true;
    const frame = document.createElement("div");
    frame.className = "turned";
    frame.append(canvas);
    still.before(frame);
    const made = new niivue.Niivue({
      backColor: [0.043, 0.051, 0.063, 1], isRadiologicalConvention: true, show3Dcrosshair: true,
      crosshairColor: [1, 1, 1, 0.6], dragAndDropEnabled: false, isNearestInterpolation: true,
      logLevel: "silent", multiplanarShowRender: 1,
    });
    await made.attachToCanvas(canvas);
    await made.loadVolumes([{ url: viewer.dataset.map, name: "view.nii.gz" }]);
    made.setInterpolation(true);
    made.setSliceType(made.sliceTypeMultiplanar);
    pressed(canvas, made);
    shown = made;
    painted();
    button.setAttribute("aria-pressed", "true");
    still.dataset.words = words;
    said.textContent = viewer.dataset.canvas;
  } catch {
    viewer.querySelector(".turned")?.remove();
    still.hidden = false;
    shown = null;
    said.textContent = viewer.dataset.missing;
  }
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
    const [x, y, z] = made.frac2vox(place);
    const one = labels[Math.round(made.volumes[0].getValue(x, y, z)) - 1];
    if (one?.kind === "segment") toggle(one.of);
  });
}

if (viewer) {
  const button = document.getElementById("turn");
  if (capable()) {
    button.parentElement.hidden = false;
    button.addEventListener("click", () => turn(button));
  } else {
    said.textContent = viewer.dataset.missing;
  }
}
