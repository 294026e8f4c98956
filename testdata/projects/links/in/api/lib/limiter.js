const seen = new Map();

/** At most `most` requests of one client in `window` milliseconds. */
export function limiter({ window, most }) {
  return async (ctx, next) => {
    const now = Date.now();
    const recent = (seen.get(ctx.ip) ?? []).filter((time) => now - time < window);
    recent.push(now);
    seen.set(ctx.ip, recent);
    ctx.set('X-RateLimit-Remaining', String(Math.max(0, most - recent.length)));
    if (recent.length > most) ctx.throw(429, 'slow down');
    await next();
  };
}
