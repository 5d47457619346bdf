/** Paths for the URIs editors use, and back. */

/** Absolute path of a document: that of a file, or one that no file has. */
export function pathOf(uri: string): string {
  try {
    const url = new URL(uri);
    if (url.protocol === "file:") return decodeURIComponent(url.pathname);
  } catch {
    // not a URI, or wrongly escaped: no file either
  }
  return `/${uri.replaceAll("/", "\\")}`;
}

/** URI of a file. */
export function uriOf(path: string): string {
  return `file://${path.split("/").map(encodeURIComponent).join("/")}`;
}
