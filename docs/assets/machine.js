// The live view of a machine: its images with their layers, and its containers, as lists.

import { element } from "./element.js";

/** @import { Changes, Container, Image, Machine } from "./wire.js" */

/** @type {Machine} */
export const EMPTY = { images: [], containers: [], layers: 0, disk: "0B", total: "0B" };
/** @type {Changes} */
export const NOTHING = { new: [], changed: [], gone: [] };

/** @param {number} count @param {string} noun */
const some = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** @param {string} kind @param {...(Node | string)} content */
const part = (kind, ...content) => element("span", { class: `course-machine__${kind}` }, ...content);

/** What a list is called; no heading, since it stands anywhere in a page. @param {string} text */
export const title = (text) => element("p", { class: "course-terminal__title" }, text);

/** What shows a machine, in an element of its own. */
export class MachineView {
  constructor() {
    this.images = element("div");
    this.containers = element("div");
    this.gone = element("p", { class: "course-machine__gone" });
    /** @type {Map<string, boolean>} */
    this.opened = new Map(); // which images show their layers, once the reader has said so
    this.node = element(
      "section",
      { class: "course-machine", "aria-label": "The machine", tabindex: "0" },
      this.images,
      this.containers,
      this.gone,
    );
    this.show(EMPTY, NOTHING);
  }

  /** @param {Machine} machine @param {Changes} changes */
  show(machine, changes) {
    const marks = new Map([
      ...changes.new.map((id) => /** @type {[string, string]} */ ([id, "new"])),
      ...changes.changed.map((id) => /** @type {[string, string]} */ ([id, "changed"])),
    ]);
    const { images, containers, layers, disk, total } = machine;
    const sum = images.length > 1 && disk !== total ? `; added up, the images have ${total}` : "";
    this.images.replaceChildren(
      title("Images"),
      images.length
        ? element("p", {}, `${some(images.length, "image")}, ${some(layers, "layer")}, ${disk} on the disk${sum}.`)
        : element("p", {}, "None yet."),
      element("ul", { "aria-label": "Images" }, ...images.map((image) => this.image(image, marks.get(image.id)))),
    );
    this.containers.replaceChildren(
      title("Containers"),
      ...(containers.length ? [] : [element("p", {}, "None yet.")]),
      element("ul", { "aria-label": "Containers" }, ...containers.map((container) => this.container(container, marks.get(container.id)))),
    );
    this.gone.textContent = changes.gone.length ? `Gone: ${changes.gone.join(", ")}` : "";
  }

  /** @param {string} [mark] */
  item(mark, /** @type {(Node | string)[]} */ ...content) {
    const item = element("li", { class: "course-machine__item" });
    if (mark) item.dataset.mark = mark;
    item.append(...content);
    return item;
  }

  /** @param {Image} image @param {string} [mark] */
  image(image, mark) {
    const shared = image.layers.filter((layer) => layer.shared.length).length;
    const head = element("p", { class: "course-machine__head" });
    const names = image.names.length ? image.names : ["<none>"];
    head.append(...names.flatMap((name, index) => [...(index ? [", "] : []), element("b", {}, name)]));
    head.append(" ", part("id", image.id), " ", part("size", image.size));
    if (image.dangling) head.append(" ", part("badge", "dangling"));
    if (mark) head.append(" ", part("mark", mark));
    const layers = element("details", {}, element("summary", {}, `${some(image.layers.length, "layer")}, ${shared} shared`));
    layers.open = this.opened.get(image.id) ?? true;
    layers.ontoggle = () => this.opened.set(image.id, layers.open);
    const stack = [...image.layers].reverse().map((layer) => {
      const row = element("li", {}, part("id", layer.id), " ", part("size", layer.size));
      if (layer.shared.length) {
        row.dataset.shared = "";
        row.append(" ", part("shared", `shared with ${layer.shared.join(", ")}`));
      }
      return row;
    });
    layers.append(element("ol", { class: "course-machine__layers", "aria-label": "Layers, the top one first" }, ...stack));
    return this.item(mark, head, layers);
  }

  /** @param {Container} container @param {string} [mark] */
  container(container, mark) {
    const { name, id, state, status, ports, image, written } = container;
    const head = element("p", { class: "course-machine__head" }, element("b", {}, name), " ", part("id", id));
    const badge = part("badge", state);
    badge.dataset.state = state;
    head.append(" ", badge);
    if (mark) head.append(" ", part("mark", mark));
    const facts = [`Status: ${status}`, `Image: ${image}`, ...(ports ? [`Ports: ${ports}`] : []), `Writable layer: ${written}`];
    return this.item(mark, head, ...facts.map((fact) => element("p", {}, fact)));
  }
}
