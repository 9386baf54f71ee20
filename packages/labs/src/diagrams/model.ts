/**
 * Diagrams as data: boxes in groups, arrows between them. Written out as Mermaid for whoever reads the sources or pastes
 * them elsewhere, and drawn as SVG here, so that a page shows them with no network and no library.
 */

export interface Box {
  id: string;
  /** Lines of text, the first one stands out. */
  text: string[];
  kind?: "user" | "aws" | "own" | "data" | "key" | "wall";
}

export interface Group {
  title: string;
  /** Columns of boxes, left to right. */
  columns: Box[][];
}

export interface Arrow {
  from: string;
  to: string;
  label?: string;
  /** A way that is closed. */
  blocked?: true;
}

export interface Diagram {
  /** `identity-flow` */
  name: string;
  title: string;
  /** What it shows, for those who do not see it. */
  description: string;
  /** Left to right. */
  groups: Group[];
  arrows: Arrow[];
}
