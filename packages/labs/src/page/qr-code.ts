/** A QR code as SVG, drawn from the modules that the library works out. */
import makeCode from "qrcode-generator";

/** The project's page, where the source and the releases are. */
export const projectPage = "https://github.com/sagekeep/sagekeep";

/** @param text at most a few hundred characters */
export function qrCode(text: string): string {
  const code = makeCode(0, "M");
  code.addData(text);
  code.make();
  const size = code.getModuleCount();
  let path = "";
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++)
      if (code.isDark(row, column)) path += `M${column} ${row}h1v1h-1z`;
  return `<svg viewBox="0 0 ${size} ${size}" role="img" aria-label="QR code: ${text}" shape-rendering="crispEdges"><path fill="#000" d="${path}"/></svg>`;
}
