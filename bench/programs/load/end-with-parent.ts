/** Imported by a load: it ends when whoever started it is gone, so that none goes on against a server that nobody watches. */

const lookEveryMs = 1000;
const parent = process.ppid;

setInterval(() => {
  if (process.ppid !== parent) process.exit(1);
}, lookEveryMs).unref();
