"use strict";
(() => {
  const values = JSON.parse(document.getElementById("values").textContent);
  const { parties, rows, ports, rules, namespaces, internet, changes } = values;
  const PAGE = 200, MOST_SORTED = 300000, MOST_LISTED = 500, LABELLED = 12;

  // ---- what things are called -------------------------------------------------------------
  const byId = (id) => document.getElementById(id);
  const nameOf = (number) => {
    const party = parties[number];
    return party.namespace === undefined ? party.name : `${party.namespace}/${party.name}`;
  };
  const names = parties.map((_, number) => nameOf(number));
  const isInside = (number) => parties[number].namespace !== undefined;
  const inside = parties.map((_, number) => number).filter(isInside);

  // ---- building the page; text is only ever set as text ------------------------------------
  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [key, value] of Object.entries(attributes)) {
      if (key === "onclick") element.addEventListener("click", value);
      else if (value !== false && value !== null) element.setAttribute(key, value === true ? "" : value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  }
  const link = (text, act, label) =>
    make("button", { type: "button", class: "link", onclick: act, "aria-label": label || null }, text);
  function table(element, caption, columns, lines) {
    const head = make("tr", {}, ...columns.map((column) => make("th", {
      scope: "col", class: column.number ? "number" : null, "aria-sort": column.sort || null,
    }, column.act ? make("button", { type: "button", onclick: column.act }, column.title) : column.title)));
    const body = lines.map((cells) => make("tr", {}, ...cells.map((cell, place) =>
      make(place ? "td" : "th", place ? { class: columns[place].number ? "number" : null } : { scope: "row" }, cell))));
    element.replaceChildren(make("caption", {}, caption), make("thead", {}, head), make("tbody", {}, ...body));
  }
  const partyLink = (number) => isInside(number)
    ? link(names[number], () => show(number))
    : make("span", { title: parties[number].exact }, names[number]);

  // ---- sets as bits ------------------------------------------------------------------------
  function bits(text) {
    const raw = atob(text), octets = new Uint8Array(raw.length);
    for (let place = 0; place < raw.length; place++) octets[place] = raw.charCodeAt(place);
    return octets;
  }
  const has = (octets, number) => (octets[number >> 3] >> (number & 7) & 1) === 1;
  function members(octets) {
    const found = [];
    for (let place = 0; place < octets.length; place++) {
      for (let rest = octets[place]; rest; rest &= rest - 1) found.push(place * 8 + Math.log2(rest & -rest));
    }
    return found;
  }
  const answers = rows.map((row) => row.map(([port, why, packed]) => ({ port, why, targets: bits(packed) })));
  for (const rule of rules) { rule.subjects = bits(rule.subjects); rule.peers = bits(rule.peers); }

  function answer(source, target) {
    const { row, alone } = parties[source];
    if (row === null || (alone && source === target)) return null;
    return answers[row].find((item) => has(item.targets, target)) || null;
  }
  function* reached(source) {
    const { row, alone } = parties[source];
    if (row === null) return;
    for (const item of answers[row]) {
      for (const target of members(item.targets)) if (!(alone && source === target)) yield [target, item];
    }
  }
  function* reaching(target) {
    const found = answers.map((row) => row.find((item) => has(item.targets, target)));
    for (let source = 0; source < parties.length; source++) {
      const { row, alone } = parties[source];
      if (row !== null && found[row] && !(alone && source === target)) yield [source, found[row]];
    }
  }
  const portText = (item) => ports[item.port] + (ports[item.why] ? ` (undecided: ${ports[item.why]})` : "");

  // ---- overview ----------------------------------------------------------------------------
  byId("title").textContent = values.title;
  byId("subtitle").textContent = `${inside.length} endpoints in ${namespaces.length} namespaces, `
    + `${new Set(rules.map((rule) => rule.kind + rule.policy)).size} policies that select some of them`;
  byId("made-by").textContent = `Made by netsim ${values.version}. Everything is in this file; nothing is sent or fetched.`;
  if (values.gaps.length) {
    byId("gaps").hidden = false;
    byId("gaps").textContent = `Not evaluated, so that answers they may touch are undecided: ${values.gaps.join(", ")}`;
  }
  const share = (count, of) => of ? `${count} of ${of}` : "-";
  let namespaceOrder = { column: 0, down: false };
  function showNamespaces() {
    const keys = [(it) => it.name, (it) => it.endpoints, (it) => it.ingress / it.endpoints || 0,
      (it) => it.egress / it.endpoints || 0, (it) => it.labels];
    const key = keys[namespaceOrder.column];
    const sorted = [...namespaces].sort((one, other) => compare(key(one), key(other)) * (namespaceOrder.down ? -1 : 1));
    const titles = ["Namespace", "Endpoints", "Isolated for ingress", "Isolated for egress", "Labels"];
    table(byId("namespaces"), "Namespaces, and how many of their endpoints some policy isolates",
      titles.map((title, place) => sortable(title, place, namespaceOrder, showNamespaces, place > 0 && place < 4)),
      sorted.map((it) => [it.name, String(it.endpoints), share(it.ingress, it.endpoints), share(it.egress, it.endpoints), it.labels]));
  }
  const compare = (one, other) => typeof one === "number" ? one - other : one < other ? -1 : one > other ? 1 : 0;
  function sortable(title, place, order, redraw, number = false) {
    const current = order.column === place;
    return {
      title: title + (current ? (order.down ? " ▼" : " ▲") : ""), number,
      sort: current ? (order.down ? "descending" : "ascending") : "none",
      act: () => {
        order.down = current && !order.down;
        order.column = place;
        redraw();
        document.activeElement === document.body && byId("main").focus();
      },
    };
  }
  function list(element, caption, pairs) {
    if (!pairs.length) { element.replaceChildren(make("p", { class: "dim" }, "Nothing.")); return; }
    const shown = pairs.slice(0, MOST_LISTED), found = make("table");
    table(found, pairs.length > shown.length ? `${caption}: the first ${shown.length} of ${pairs.length}` : `${caption}: ${pairs.length}`,
      [{ title: "Endpoint" }, { title: "Ports" }], shown.map(([number, text, act]) =>
        [partyLink(number), act ? link(text, act, `Why ${names[number]} on ${text}`) : text]));
    element.replaceChildren(make("div", { class: "long", tabindex: "0", role: "region", "aria-label": caption }, found));
  }

  // ---- one workload ------------------------------------------------------------------------
  byId("focus-names").append(...inside.map((number) => make("option", { value: names[number] })));
  byId("focus-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const wanted = byId("focus-name").value.trim();
    const number = names.indexOf(wanted);
    const near = number >= 0 ? number : inside.find((it) => names[it].includes(wanted));
    if (wanted === "" || near === undefined) {
      byId("focus-about").textContent = wanted ? `There is no endpoint ${wanted}.` : "Name an endpoint.";
      return;
    }
    show(near);
  });
  function show(number) {
    const party = parties[number];
    byId("focus-name").value = names[number];
    byId("why").replaceChildren();
    const replicas = party.replicas === null ? "" : `, ${party.replicas} ${party.replicas === 1 ? "pod" : "pods"}`;
    byId("focus-about").replaceChildren(
      make("strong", {}, names[number]), ` ${party.kind}${replicas}, labels ${party.labels || "none"}, at `,
      make("code", {}, party.place || "-"), " ",
      ...party.marks.map((mark) => make("span", { class: "mark" }, mark)));
    list(byId("focus-inward"), "Sources", [...reaching(number)].map(([other, item]) => [other, portText(item), () => why(other, number)]));
    list(byId("focus-outward"), "Targets", [...reached(number)].map(([other, item]) => [other, portText(item), () => why(number, other)]));
    const hash = `#focus=${encodeURIComponent(names[number])}`;
    if (location.hash !== hash) history.replaceState(null, "", hash);
    byId("focus").scrollIntoView();
  }

  // ---- why: the rules that match, in the order they are asked ---------------------------------
  function why(source, target) {
    const found = answer(source, target);
    const region = byId("why");
    region.replaceChildren(
      make("h3", {}, `${names[source]} → ${names[target]}: `,
        make("span", { class: found ? "accept" : "deny" }, found ? portText(found) : "nothing passes")),
      ...side(source, target, true), ...side(target, source, false));
    region.focus();
    region.scrollIntoView({ block: "nearest" });
  }
  function side(subject, peer, egress) {
    const title = make("p", {}, make("strong", {}, egress ? "egress " : "ingress "), names[subject]);
    if (!isInside(subject)) return [title, make("ul", {}, make("li", {}, "outside the cluster: no policy selects it"))];
    const mine = rules.filter((rule) => rule.egress === egress && parties[subject].classes.some((it) => has(rule.subjects, it)));
    if (!mine.length) return [title, make("ul", {}, make("li", {}, "open: no policy selects it in this direction"))];
    const matching = mine.filter((rule) => !rule.isolates && parties[peer].classes.some((it) => has(rule.peers, it)));
    const lines = matching.map((rule) => make("li", {},
      make("span", { class: rule.action === "deny" ? "deny" : "accept" }, `${rule.action} ${rule.ports}`),
      ` by ${rule.policy} ${rule.rule} `, make("span", { class: "dim" }, `(${tier(rule)}) `), make("code", {}, rule.place)));
    const isolating = mine.filter((rule) => rule.isolates);
    if (isolating.length) {
      lines.push(make("li", {}, make("span", { class: "deny" }, "deny everything else"), ": isolated by ",
        ...isolating.flatMap((rule, place) => [place ? ", " : "", rule.policy, " ", make("code", {}, rule.place)])));
    } else if (!matching.length) lines.push(make("li", {}, "no rule matches: open"));
    return [title, make("ul", {}, ...lines)];
  }
  const tier = (rule) => rule.tier === "network_policy" ? "NetworkPolicy" : `${rule.tier[0].toUpperCase()}${rule.tier.slice(1)} tier`;

  // ---- connections -------------------------------------------------------------------------
  const portNumber = /^(\d+)(?:\/(tcp|udp|sctp))?$/i;
  function portFilter(text) {
    const wanted = portNumber.exec(text.trim());
    if (!text.trim()) return null;
    return ports.map((told) => {
      if (!wanted) return told.toLowerCase().includes(text.trim().toLowerCase());
      const number = Number(wanted[1]), protocol = (wanted[2] || "tcp").toUpperCase();
      return told.split(",").some((part) => {
        const [range, of] = part.trim().split("/");
        if (range === "all") return of === undefined || of === protocol;
        const [first, last] = range.split("-").map(Number);
        return of === protocol && first <= number && number <= (last || first);
      });
    });
  }
  let connectionOrder = { column: 0, down: false }, connectionPage = 0;
  function chosen() {
    const source = byId("filter-source").value.trim().toLowerCase(), target = byId("filter-target").value.trim().toLowerCase();
    const lower = names.map((name) => name.toLowerCase());
    const left = lower.map((name) => name.includes(source)), right = lower.map((name) => name.includes(target));
    return { left, right, port: portFilter(byId("filter-port").value) };
  }
  function* matching(filter) {
    for (let source = 0; source < parties.length; source++) {
      if (!filter.left[source]) continue;
      for (const [target, item] of reached(source)) {
        if (filter.right[target] && (!filter.port || filter.port[item.port])) yield [source, target, item];
      }
    }
  }
  function showConnections() {
    const filter = chosen(), keep = [];
    let count = 0;
    for (const row of matching(filter)) { if (count++ < MOST_SORTED) keep.push(row); }
    const keys = [(row) => row[0], (row) => names[row[1]], (row) => ports[row[2].port]];
    const down = connectionOrder.down ? -1 : 1, key = keys[connectionOrder.column];
    if (connectionOrder.column || connectionOrder.down) keep.sort((one, other) => compare(key(one), key(other)) * down);
    const pages = Math.max(1, Math.ceil(keep.length / PAGE));
    connectionPage = Math.min(connectionPage, pages - 1);
    const part = keep.slice(connectionPage * PAGE, (connectionPage + 1) * PAGE);
    byId("connection-count").textContent = `${count.toLocaleString("en")} connections`
      + (count > keep.length ? `; the first ${keep.length.toLocaleString("en")} can be paged and sorted, filter to see the others` : "");
    table(byId("connection-table"), "Allowed connections",
      ["Source", "Target", "Ports"].map((title, place) => sortable(title, place, connectionOrder, () => { connectionPage = 0; showConnections(); })),
      part.map(([source, target, item]) => [partyLink(source), partyLink(target),
        link(portText(item), () => why(source, target), `Why ${names[source]} reaches ${names[target]} on ${portText(item)}`)]));
    pager(byId("connection-pager"), connectionPage, pages, (page) => { connectionPage = page; showConnections(); });
  }
  function pager(element, page, pages, turn) {
    if (pages === 1) { element.replaceChildren(); return; }
    element.replaceChildren(
      make("button", { type: "button", disabled: page === 0, onclick: () => turn(page - 1) }, "Previous"),
      ` page ${page + 1} of ${pages} `,
      make("button", { type: "button", disabled: page === pages - 1, onclick: () => turn(page + 1) }, "Next"));
  }
  let waiting = 0;
  byId("connection-filters").addEventListener("submit", (event) => event.preventDefault());
  byId("connection-filters").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { connectionPage = 0; showConnections(); }, 150);
  });

  // ---- changes -----------------------------------------------------------------------------
  let changePage = 0;
  function showChanges() {
    const kind = byId("change-kind").value, text = byId("change-text").value.trim().toLowerCase();
    const found = changes.rows.filter((row) => (!kind || row[0] === kind) && row.join(" ").toLowerCase().includes(text));
    const pages = Math.max(1, Math.ceil(found.length / PAGE));
    changePage = Math.min(changePage, pages - 1);
    table(byId("change-table"), `${found.length} of ${changes.rows.length} changes`,
      changes.columns.map((title) => ({ title })),
      found.slice(changePage * PAGE, (changePage + 1) * PAGE).map((row) => row.map(String)));
    pager(byId("change-pager"), changePage, pages, (page) => { changePage = page; showChanges(); });
  }
  if (changes) {
    byId("changes").hidden = false;
    byId("to-changes").hidden = false;
    byId("changes-summary").textContent = changes.summary;
    byId("change-kind").append(...[...new Set(changes.rows.map((row) => row[0]))].map((kind) => make("option", { value: kind }, kind)));
    byId("change-filters").addEventListener("submit", (event) => event.preventDefault());
    for (const kind of ["input", "change"]) byId("change-filters").addEventListener(kind, () => { changePage = 0; showChanges(); });
    showChanges();
  }

  // ---- matrix ------------------------------------------------------------------------------
  const canvas = byId("matrix-canvas");
  let grid = null, at = { row: 0, column: 0 };
  byId("matrix-namespace").append(...namespaces.map((it) => make("option", { value: it.name }, it.name)));
  byId("matrix-form").addEventListener("change", () => { at = { row: 0, column: 0 }; drawMatrix(); });
  byId("matrix-legend").append(make("span", { class: "key all" }), "every port", make("span", { class: "key one" }), "some ports",
    make("span", { class: "key none" }), "nothing");
  function groups() {
    const only = byId("matrix-namespace").value;
    const shown = inside.filter((number) => !only || parties[number].namespace === only);
    if (byId("matrix-by").value === "workload") return shown.map((number) => ({ name: names[number], namespace: parties[number].namespace, members: [number] }));
    const byName = new Map();
    for (const number of shown) {
      const name = parties[number].namespace;
      if (!byName.has(name)) byName.set(name, { name, namespace: name, members: [] });
      byName.get(name).members.push(number);
    }
    return [...byName.values()];
  }
  function drawMatrix() {
    const lines = groups(), count = lines.length;
    const place = new Int32Array(parties.length).fill(-1);
    lines.forEach((line, number) => line.members.forEach((it) => { place[it] = number; }));
    const cells = new Uint32Array(count * count), whole = new Uint32Array(count * count);
    lines.forEach((line, row) => {
      for (const source of line.members) {
        for (const [target, item] of reached(source)) {
          const column = place[target];
          if (column < 0) continue;
          cells[row * count + column]++;
          if (ports[item.port] === "all") whole[row * count + column]++;
        }
      }
    });
    const room = Math.min(1000, Math.max(300, canvas.parentElement.clientWidth - 4));
    const size = Math.max(1, Math.min(28, Math.floor(room / Math.max(1, count))));
    const scale = window.devicePixelRatio || 1, side = size * count;
    const style = getComputedStyle(document.documentElement), colour = (name) => style.getPropertyValue(name).trim();
    const pen = canvas.getContext("2d"), font = `12px ${getComputedStyle(document.body).fontFamily}`;
    pen.font = font;
    const gutter = size < LABELLED ? 0 : Math.min(300, 12 + Math.max(0, ...lines.map((line) => Math.ceil(pen.measureText(line.name).width))));
    canvas.width = (gutter + side) * scale; canvas.height = side * scale;
    canvas.style.width = `${gutter + side}px`; canvas.style.height = `${side}px`;
    pen.scale(scale, scale);
    if (gutter) {
      pen.font = font; pen.fillStyle = colour("--text"); pen.textBaseline = "middle";
      lines.forEach((line, row) => pen.fillText(line.name, 4, (row + .5) * size, gutter - 8));
    }
    pen.translate(gutter, 0);
    pen.fillStyle = colour("--none"); pen.fillRect(0, 0, side, side);
    for (let row = 0; row < count; row++) {
      for (let column = 0; column < count; column++) {
        const cell = row * count + column;
        if (!cells[cell]) continue;
        const x = column * size, y = row * size, every = whole[cell] === lines[row].members.length * lines[column].members.length;
        pen.fillStyle = colour(every ? "--strong" : "--some");
        if (every || size < 4) pen.fillRect(x, y, size, size);
        else { pen.beginPath(); pen.moveTo(x, y); pen.lineTo(x + size, y); pen.lineTo(x, y + size); pen.fill(); }
      }
    }
    pen.strokeStyle = colour("--dim");
    pen.lineWidth = 1;
    for (let number = 1; number < count; number++) {
      if (lines[number].namespace === lines[number - 1].namespace) continue;
      const edge = number * size + .5;
      pen.beginPath(); pen.moveTo(edge, 0); pen.lineTo(edge, side); pen.moveTo(0, edge); pen.lineTo(side, edge); pen.stroke();
    }
    grid = { lines, count, size, cells, gutter };
  }
  function tell(row, column) {
    if (!grid || row < 0 || column < 0 || row >= grid.count || column >= grid.count) return;
    at = { row, column };
    const source = grid.lines[row], target = grid.lines[column], cell = grid.cells[row * grid.count + column];
    let text = `${source.name} → ${target.name}: `;
    if (source.members.length === 1 && target.members.length === 1 && byId("matrix-by").value === "workload") {
      const found = answer(source.members[0], target.members[0]);
      text += found ? portText(found) : source === target && parties[source.members[0]].alone ? "itself" : "nothing";
    } else text += `${cell} of ${source.members.length * target.members.length} pairs are connected`;
    byId("matrix-cell").textContent = text;
  }
  canvas.addEventListener("mousemove", (event) => grid && tell(Math.floor(event.offsetY / grid.size), Math.floor((event.offsetX - grid.gutter) / grid.size)));
  canvas.addEventListener("click", () => pick());
  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (step) { event.preventDefault(); tell(at.row + step[0], at.column + step[1]); }
    if (event.key === "Enter") pick();
  });
  function pick() {
    const source = grid.lines[at.row], target = grid.lines[at.column];
    if (source.members.length === 1 && target.members.length === 1) { show(source.members[0]); why(source.members[0], target.members[0]); }
  }

  // ---- begin -------------------------------------------------------------------------------
  showNamespaces();
  list(byId("exposed"), "Endpoints", internet.reaches);
  list(byId("leaving"), "Endpoints", internet.reached);
  showConnections();
  drawMatrix();
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawMatrix);
  window.addEventListener("resize", drawMatrix);
  const asked = /^#focus=(.+)$/.exec(location.hash);
  if (asked && names.includes(decodeURIComponent(asked[1]))) show(names.indexOf(decodeURIComponent(asked[1])));
})();
