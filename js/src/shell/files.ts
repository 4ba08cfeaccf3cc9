/** Files and clipboard: what leaves the page on a person's wish. */

/** Offers a file for download. */
export function download(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // some browsers read the address after the click has returned
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** True if the text is on the clipboard; http pages without TLS have only the old way. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

function copyBySelection(text: string): boolean {
  const field = document.createElement("textarea");
  field.value = text;
  field.style.position = "fixed";
  field.style.opacity = "0";
  document.body.append(field);
  field.select();
  try {
    return document.execCommand("copy");
  } finally {
    field.remove();
  }
}

/** True if the picture is on the clipboard; only secure pages may put it there. */
export async function copyPicture(picture: Promise<Blob>): Promise<boolean> {
  if (typeof ClipboardItem === "undefined" || navigator.clipboard?.write === undefined) {
    return false;
  }
  try {
    // the promise is handed over unresolved: the permission belongs to the click
    await navigator.clipboard.write([new ClipboardItem({ "image/png": picture })]);
    return true;
  } catch {
    return false;
  }
}

/** A name that every file system takes. */
export function fileStem(...parts: readonly string[]): string {
  const name = parts
    .join(" ")
    .normalize("NFKD")
    .replace(/[^\w.+-]+/g, "_")
    .replace(/^[_.]+|_+$/g, "");
  return name.slice(0, 100) || "view";
}
