/** Lines of progress where there is no terminal. */
const PROGRESS_LINES = 20;

/** Says how far something is: overwrites one line on a terminal; elsewhere it writes now and then. */
export function makeProgress(all: number, what: string): (done: number) => void {
  const step = Math.ceil(all / PROGRESS_LINES);
  return (done) => {
    const words = `  ${what} ${done} of ${all}`;
    if (process.stdout.isTTY) process.stdout.write(`\r\u001b[K${words}${done === all ? "\n" : ""}`);
    else if (done % step === 0 || done === all) console.log(words);
  };
}
