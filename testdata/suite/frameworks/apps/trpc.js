const { initTRPC, TRPCError } = require('@trpc/server');
const { createHTTPServer } = require('@trpc/server/adapters/standalone');
const { observable } = require('@trpc/server/observable');
const { z } = require('zod');

const t = initTRPC.context().create({ errorFormatter: ({ shape }) => ({ ...shape, data: { ...shape.data, stack: undefined } }) });
const users = [{ id: 1, name: 'ann' }];
const authed = t.procedure.use(({ ctx, next }) => {
  if (!ctx.user) throw new TRPCError({ code: 'UNAUTHORIZED' });
  return next({ ctx: { user: ctx.user } });
});
const appRouter = t.router({
  hello: t.procedure.input(z.object({ name: z.string().min(2) }).optional()).query(({ input }) => ({ greeting: `hello ${input?.name ?? 'world'}` })),
  users: t.router({
    list: t.procedure.query(() => users),
    add: authed.input(z.object({ name: z.string() })).mutation(({ input, ctx }) => {
      const user = { id: users.length + 1, name: input.name, by: ctx.user };
      users.push(user);
      return user;
    }),
  }),
  fail: t.procedure.query(() => {
    throw new TRPCError({ code: 'CONFLICT', message: 'clash' });
  }),
  count: t.procedure.query(async function* () {
    for (let i = 0; i < 3; i++) yield i;
  }),
});

createHTTPServer({ router: appRouter, createContext: ({ req }) => ({ user: req.headers['x-user'] }) }).listen(3000);
