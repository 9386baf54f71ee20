/** Private: what tests of several packages share. */

export { arbitraryPlatform } from "./arbitrary-platform.ts";
