/** The style sheet of a picture: colours for light pages, and again for dark ones. */

interface Palette {
  readonly page: string;
  readonly box: string;
  readonly holder: string;
  readonly border: string;
  readonly edge: string;
  readonly text: string;
  readonly soft: string;
  readonly delay: string;
  readonly lit: string;
  readonly litBox: string;
}

const light: Palette = {
  page: "#ffffff",
  box: "#f6f8fa",
  holder: "#fbfcfd",
  border: "#c3cbd5",
  edge: "#7b8794",
  text: "#1b2430",
  soft: "#52606d",
  delay: "#9a5b00",
  lit: "#0b62d6",
  litBox: "#dcebff",
};

const dark: Palette = {
  page: "#0f141b",
  box: "#1c2430",
  holder: "#141a23",
  border: "#3f4b5a",
  edge: "#8290a0",
  text: "#e8edf3",
  soft: "#a9b5c3",
  delay: "#e8b04b",
  lit: "#6cb0ff",
  litBox: "#12305a",
};

const shapes = `text{font-family:Arial,"Liberation Sans",Arimo,Helvetica,sans-serif;font-size:11px}
.name{font-size:14px;font-weight:bold}
.shape{stroke-width:1.5}
.any>.shape{fill:none;stroke-dasharray:4 3}
.ring,.line,.turn,.clock{fill:none}
.turn,.clock{stroke-width:1.2}
.line{stroke-width:1.5}
.delay>.line{stroke-dasharray:5 3}
.plate{opacity:.9}
.current>.shape,.taken>.line{stroke-width:2.5}
text.taken{font-weight:bold}`;

// Each is told in full: not every viewer of SVG knows variables.
function colours(palette: Palette): string {
  const { page, box, holder, border, edge, text, soft, delay, lit, litBox } = palette;
  return `text,.mark{fill:${soft}}
.page,.plate{fill:${page}}
.plate.inside{fill:${holder}}
.shape{fill:${box};stroke:${border}}
.any>.shape{fill:none;stroke:${soft}}
.compound>.shape,.parallel>.shape{fill:${holder}}
.final>.shape,.ring,.turn{stroke:${soft}}
.name,.event,.dot{fill:${text}}
.guard{fill:${soft}}
.line{stroke:${edge}}
.head{fill:${edge}}
.delay>.line,.clock{stroke:${delay}}
.delay>.head,.event.delay{fill:${delay}}
.current>.shape{fill:${litBox};stroke:${lit}}
.around>.shape,.current>.ring,.taken>.line{stroke:${lit}}
text.inner.taken,text.exit.taken,text.event.taken,.taken>.guard,.taken>.head{fill:${lit}}`;
}

/** All of it. A later rule wins where two fit equally well. */
export const css: string = `
${shapes}
${colours(light)}
@media (prefers-color-scheme:dark){
${colours(dark)}
}
`;
