import realPerfHooks from "node:perf_hooks";

/** The app's `node:perf_hooks`: parts of workerd's throw where packages (metrics, health checks) only want a number. */
export function createPerfHooks(): Record<string, unknown> {
  const { performance } = realPerfHooks;
  const histogram = {
    enable: () => true,
    disable: () => true,
    reset() {},
    percentile: () => 0,
    percentiles: new Map<number, number>(),
    min: 0,
    max: 0,
    mean: 0,
    stddev: 0,
    exceeds: 0,
    count: 0,
  };
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
  return { ...realPerfHooks, performance: appPerformance, monitorEventLoopDelay: () => ({ ...histogram }) };
}
