import realPerfHooks from "node:perf_hooks";
import { Histogram } from "./histogram";

/** The app's `node:perf_hooks`: parts of workerd's throw where packages (metrics, health checks) only want a number. */
export function createPerfHooks(): Record<string, unknown> {
  const { performance } = realPerfHooks;
  const utilization = { idle: 0, active: 0, utilization: 0 };
  const appPerformance = new Proxy(performance, {
    get(target, key) {
      if (key === "eventLoopUtilization") return () => ({ ...utilization });
      if (key === "timerify") return (work: unknown) => work;
      if (key === "nodeTiming")
        return { name: "node", startTime: 0, duration: 0, bootstrapComplete: 0, loopStart: 0, loopExit: -1 };
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? (value as () => unknown).bind(target) : value;
    },
  });
  return {
    ...realPerfHooks,
    performance: appPerformance,
    createHistogram: () => new Histogram(),
    // Nobody can see how late callbacks are: the monitor has nothing to record.
    monitorEventLoopDelay: () => Object.assign(new Histogram(), { enable: () => true, disable: () => true, min: 0 }),
  };
}
