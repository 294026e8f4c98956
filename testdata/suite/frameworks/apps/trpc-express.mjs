import express from 'express';
import { initTRPC } from '@trpc/server';
import * as trpcExpress from '@trpc/server/adapters/express';
import { createTRPCClient, httpBatchLink, httpLink } from '@trpc/client';
import { z } from 'zod';

const t = initTRPC.create();
const appRouter = t.router({
  square: t.procedure.input(z.number()).query(({ input }) => input * input),
  log: t.procedure.input(z.object({ text: z.string() })).mutation(({ input }) => input.text.toUpperCase()),
});
const app = express();
app.use('/trpc', trpcExpress.createExpressMiddleware({ router: appRouter, createContext: () => ({}) }));
const client = createTRPCClient({ links: [httpBatchLink({ url: 'http://localhost:3000/trpc' })] });
app.get('/client', async (req, res) => res.json(await Promise.all([client.square.query(3), client.square.query(4), client.log.mutate({ text: 'x' })])));
app.get('/client-error', async (req, res) => res.json(await client.square.query('x').catch((err) => ({ code: err.data?.code }))));
app.listen(3000);
