// Puts a map that moves and zooms in the place of the picture that the server drew. Without this module, or when
// something cannot be loaded, the picture stays.

const MOST_SHAPES = 1500;
const NAMES_FROM_ZOOM = 11;

/** Makes the map of `figure` interactive, as its data attributes tell; answers whether that worked. */
export async function mountMap(figure) {
  const words = figure.dataset;
  const settings = JSON.parse(words.settings);
  try {
    const [, base, data] = await Promise.all([leaflet(words), json(words.base), settings.url ? json(settings.url) : settings.data]);
    show(figure, settings, base, data);
    return true;
  } catch (failure) {
    console.warn(failure);
    figure.append(make("p", { class: "map__failed", role: "status" }, words.wordFailed));
    return false;
  }
}

async function json(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${answer.status} ${address}`);
  return answer.json();
}

function leaflet(words) {
  if (document.querySelector(`link[href="${words.leafletCss}"]`)) return import(words.leaflet);
  const sheet = make("link", { rel: "stylesheet", href: words.leafletCss });
  const styled = new Promise((done, fail) => {
    sheet.addEventListener("load", done);
    sheet.addEventListener("error", fail);
  });
  document.head.append(sheet);
  return Promise.all([styled, import(words.leaflet)]);
}

function show(figure, settings, base, data) {
  const words = figure.dataset;
  const stage = figure.querySelector(".map__stage");
  const told = make("p", { class: "hidden", role: "status" });
  const box = make("div", { class: "map__live", role: "application", "aria-label": `${words.wordTitle}. ${words.wordKeys}` });
  const insetBox = make("div", { class: "map__live-inset", "aria-hidden": "true" });
  const buttons = make("div", { class: "map__live-buttons" });
  const insetName = make("span", { class: "map__live-inset-name", "aria-hidden": "true" }, "Hoàng Sa");
  stage.replaceChildren(box, insetBox, insetName, buttons, told);

  const map = L.map(box, { ...QUIET, zoomControl: false, dragging: true, keyboard: true, touchZoom: true, doubleClickZoom: true, maxBounds: bounds(settings.land), maxBoundsViscosity: 1 });
  // Never so far out that the edge of the land shows.
  map.setMinZoom(map.getBoundsZoom(bounds(settings.land), true));
  L.control.zoom({ zoomInTitle: words.wordIn, zoomOutTitle: words.wordOut }).addTo(map);
  const inset = L.map(insetBox, { ...QUIET, zoomControl: false, keyboard: false, dragging: false, tap: false });
  const things = fill(map, settings, base, data, words);
  fill(inset, settings, base, data, words);

  const city = bounds(settings.city);
  const far = bounds(settings.hoang_sa);
  const start = settings.kind === "features" ? whereabouts(things, city) : city;
  map.fitBounds(start, { maxZoom: 14 });
  inset.fitBounds(far, { padding: [2, 2] });
  for (const [text, where] of [["Hoàng Sa", far], [words.wordCity, city]]) {
    const button = make("button", { class: "map__live-button", type: "button" }, text);
    button.addEventListener("click", () => map.fitBounds(where));
    buttons.append(button);
  }
  insetBox.addEventListener("click", () => map.fitBounds(far));

  // A page must scroll past the map: the wheel zooms only while the map has the focus.
  box.addEventListener("focus", () => map.scrollWheelZoom.enable());
  box.addEventListener("blur", () => map.scrollWheelZoom.disable());
  const name = () => box.classList.toggle("map__live--named", map.getZoom() >= NAMES_FROM_ZOOM);
  map.on("zoomend", name);
  map.on("moveend", () => document.activeElement === box && tell(map, things, told));
  name();
}

const QUIET = { attributionControl: false, scrollWheelZoom: false, doubleClickZoom: false, boxZoom: false, touchZoom: false, zoomSnap: 0.25, maxZoom: 17 };

/** Adds everything to a map; answers what can be told of: where it is, its layer, its words. */
function fill(map, settings, base, data, words) {
  const [land, units] = [base.features.filter(isLand), base.features.filter((each) => !isLand(each))];
  const things = [];
  L.geoJSON(land, { interactive: false, style: { className: "map__land", stroke: false, fillOpacity: 1 } }).addTo(map);
  L.geoJSON(units, {
    style: (unit) => ({ className: unitClass(unit, settings), weight: 0.6 }),
    pointToLayer: (unit, at) => circle(unit, at, settings),
    onEachFeature: (unit, layer) => {
      const { latitude, longitude, name_vi: vi, name_en: en, slug } = unit.properties;
      const name = document.documentElement.lang === "en" && en ? en : vi;
      L.tooltip({ permanent: true, direction: "center", className: "map__live-name", interactive: false }).setLatLng([latitude, longitude]).setContent(make("span", {}, bare(vi))).addTo(map);
      if (settings.kind === "units") layer.on("click", () => location.assign(`${words.places}/${slug}`));
      if (settings.kind !== "features") things.push(told(layer, [latitude, longitude], unitWords(name, unit.id, settings, words)));
    },
  }).addTo(map);
  if (!data) return things;
  // Above the units, whichever way it is painted; the style sheet does not reach what is on a canvas.
  const pane = map.createPane("things");
  pane.style.zIndex = 450;
  const renderer = data.features.length > MOST_SHAPES ? L.canvas({ pane: "things" }) : L.svg({ pane: "things" });
  const colour = getComputedStyle(document.querySelector(".map")).getPropertyValue("--thing");
  L.geoJSON(data, {
    pane: "things",
    style: ({ geometry }) => ({ className: `map__thing map__${shapeOf(geometry)}`, color: colour, fillColor: colour, weight: 1.6, fillOpacity: shapeOf(geometry) === "area" ? 0.35 : 0.85, renderer }),
    pointToLayer: (_, at) => L.circleMarker(at, { pane: "things", radius: 5 }),
    onEachFeature: (feature, layer) => things.push(told(layer, layer.getLatLng?.() ?? layer.getBounds?.().getCenter(), featureWords(feature, settings))),
  }).addTo(map);
  return things;
}

const shapeOf = (geometry) => (/Line/.test(geometry?.type) ? "line" : /Polygon/.test(geometry?.type) ? "area" : "point");
const isLand = (feature) => feature.properties.role === "land";
const bare = (name) => name.replace(/^(Phường|Xã|Đặc khu|Thị trấn) /, "");
const bounds = ([west, south, east, north]) => L.latLngBounds([south, west], [north, east]);
const number = (value) => value.toLocaleString(document.documentElement.lang);

function unitClass({ id, geometry }, { here, values }) {
  return ["map__unit", geometry.type === "Point" && "map__round", values?.[id] && `map__step-${values[id][1]}`, here.includes(id) && "map__here"].filter(Boolean).join(" ");
}

function circle(unit, at, settings) {
  const value = settings.values?.[unit.id];
  if (settings.kind === "values") return L.circleMarker(at, { radius: 4 + 1.5 * (value?.[1] ?? 0) });
  // In metres: the circle has the area of its unit.
  return L.circle(at, { radius: Math.sqrt(((unit.properties.area_km2 ?? 1) * 1e6) / Math.PI) });
}

function unitWords(name, code, { kind, label, unit, values }, words) {
  if (kind !== "values") return name;
  const value = values[code] ? `${number(values[code][0])} ${unit}`.trim() : words.wordNoValue;
  return `${name}\n${label}: ${value}`;
}

function featureWords({ properties }, { fields }) {
  const shown = fields.filter(([name]) => ![null, undefined, ""].includes(properties?.[name]));
  return shown.map(([name, label]) => `${label}: ${typeof properties[name] === "number" ? number(properties[name]) : properties[name]}`).join("\n");
}

function told(layer, at, text) {
  if (text) layer.bindTooltip(make("span", { class: "map__live-words" }, text), { sticky: true });
  return { layer, at: L.latLng(at), text };
}

/** The box around what lies in and off the city; positions far away are likely mistakes. */
function whereabouts(things, city) {
  const near = things.filter(({ at }) => city.contains(at));
  const whole = near.reduce((box, { at, layer }) => box.extend(layer.getBounds?.() ?? at), L.latLngBounds([]));
  return whole.isValid() ? whole.pad(0.1) : city;
}

/** Opens the words of what is nearest to the middle, for those who move by keyboard. */
function tell(map, things, status) {
  const middle = map.latLngToContainerPoint(map.getCenter());
  const away = ({ at }) => map.latLngToContainerPoint(at).distanceTo(middle);
  const nearest = things.reduce((best, each) => (!best || away(each) < away(best) ? each : best), null);
  const isNear = nearest && map.getBounds().contains(nearest.at);
  things.forEach(({ layer }) => layer.closeTooltip());
  if (isNear) nearest.layer.openTooltip(nearest.at);
  status.textContent = isNear ? nearest.text : "";
}

function make(name, attributes, text = "") {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = text;
  return element;
}

function attach(figure) {
  const button = figure.querySelector(".map__start");
  if (button) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      button.disabled = true;
      if (await mountMap(figure)) figure.querySelector(".map__live").focus();
      button.remove();
    });
    return;
  }
  // Loaded when it comes into view, not before.
  const watcher = new IntersectionObserver((entries) => {
    if (!entries.some((each) => each.isIntersecting)) return;
    watcher.disconnect();
    mountMap(figure);
  });
  watcher.observe(figure);
}

document.querySelectorAll("[data-behaviour~=map]").forEach(attach);
