import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

/** Where Debian's packages put it. */
const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser"];
/** Without a profile, a sandbox, or anything that looks for a network. */
const FLAGS = [
  ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];
const TIMEOUT = 60_000;

/** The browser of this machine, if it has one. */
export function findChromium(): string | undefined {
  return PLACES.find((place) => existsSync(place));
}

/** What a page looks like in a frame of a phone's width, measured by the browser itself. */
export interface MeasuredPage {
  /** Pixels; more than the frame's means that the page has to be pushed sideways. */
  readonly width: number;
  readonly tables: number;
  readonly headings: readonly string[];
  /** Requests for anything beside the page. */
  readonly resources: number;
}

/**
 * Opens a page in the browser and measures it.
 * @param width Of the frame, in pixels
 */
export async function measurePage(chromium: string, page: string, width: number): Promise<MeasuredPage> {
  const folder = await mkdtemp(path.join(tmpdir(), "build-ahead-page-"));
  try {
    const file = path.join(folder, "frame.html");
    await writeFile(file, frame(page, width));
    const options = { timeout: TIMEOUT, maxBuffer: 1 << 26 };
    const flags = [...FLAGS, `--user-data-dir=${path.join(folder, "profile")}`, "--dump-dom", `file://${file}`];
    const { stdout } = await promisify(execFile)(chromium, flags, options);
    const measured = /<title>(.*)<\/title>/.exec(stdout)?.[1] ?? "";
    return JSON.parse(decodeURIComponent(measured)) as MeasuredPage;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A page around the page, with a script that looks into it and leaves what it sees in the title. */
function frame(page: string, width: number): string {
  const source = page.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  return `<!doctype html><title></title><iframe width="${width}" height="800" srcdoc="${source}"></iframe><script>
    const frame = document.querySelector("iframe");
    frame.addEventListener("load", () => {
      const inside = frame.contentDocument;
      document.title = encodeURIComponent(JSON.stringify({
        width: inside.documentElement.scrollWidth,
        tables: inside.querySelectorAll("table").length,
        headings: [...inside.querySelectorAll("h2")].map((heading) => heading.textContent),
        resources: frame.contentWindow.performance.getEntriesByType("resource").length,
      }));
    });
  </script>`;
}
