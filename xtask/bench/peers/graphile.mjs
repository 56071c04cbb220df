// Handles jobs that do nothing with graphile-worker, its batching on. Prints the rate, or the rates of the first and the
// last tenth while an old snapshot stays open.
import { makeWorkerUtils, run } from "graphile-worker";

const [url, count, concurrency] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const utils = await makeWorkerUtils({ connectionString: url });
await utils.migrate();
// In bulk: one by one, the jobs take longer to add than to handle.
for (let from = 0; from < count; from += 1000) {
  const jobs = Array.from({ length: Math.min(1000, count - from) }, (_, n) => ({
    identifier: "noop",
    payload: { n: from + n },
  }));
  await utils.addJobs(jobs);
}
let done = 0;
let finish;
const all = new Promise((resolve) => (finish = resolve));
const started = process.hrtime.bigint();
const runner = await run({
  preset: {
    worker: {
      connectionString: url,
      concurrentJobs: concurrency,
      localQueue: { size: 500 },
      completeJobBatchDelay: 0,
      failJobBatchDelay: 0,
      maxPoolSize: 10,
    },
  },
  noHandleSignals: true,
  taskList: {
    noop: async () => {
      if (++done === count) finish();
    },
  },
});
await all;
// A job counts when its row is gone.
await utils.withPgClient(async (client) => {
  for (let left = 1; left > 0; ) {
    left = (await client.query("SELECT count(*)::int AS n FROM graphile_worker._private_jobs")).rows[0].n;
  }
});
const seconds = Number(process.hrtime.bigint() - started) / 1e9;
console.log(count / seconds);
await runner.stop();
await utils.release();
process.exit(0);
