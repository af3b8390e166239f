/** Paths that are one and the same where a file system ignores the case of letters. */

/** macOS also takes a letter with an accent for the same as the letter and its accent. */
export function foldCase(path: string): string {
  return path.normalize('NFC').toLowerCase();
}

/** Which of some folders or files a path is in, or is, were it not for the case of letters. */
export function placeInOtherCase(path: string, places: readonly string[]): string | undefined {
  if (places.some((place) => isWithin(path, place))) return undefined;
  return places.find((place) => isWithin(foldCase(path), foldCase(place)));
}

function isWithin(path: string, place: string): boolean {
  return place === '' || path === place || path.startsWith(`${place}/`);
}
