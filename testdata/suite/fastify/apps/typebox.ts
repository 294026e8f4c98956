import { type Static, Type } from '@sinclair/typebox';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';

const User = Type.Object({ name: Type.String(), mail: Type.Optional(Type.String({ format: 'email' })), age: Type.Integer({ minimum: 0 }) });
type User = Static<typeof User>;

const app = Fastify().withTypeProvider<TypeBoxTypeProvider>();
const users: User[] = [];
app.post('/users', { schema: { body: User, response: { 200: Type.Array(User) } } }, async (request) => {
  users.push(request.body);
  return users;
});

app.register(async (instance) => {
  instance.setValidatorCompiler(validatorCompiler);
  instance.setSerializerCompiler(serializerCompiler);
  instance.withTypeProvider<ZodTypeProvider>().get(
    '/search',
    {
      schema: {
        querystring: z.object({ q: z.string().min(2), page: z.coerce.number().int().default(1) }),
        response: { 200: z.object({ q: z.string(), page: z.number() }) },
      },
    },
    async (request) => ({ ...request.query }),
  );
});

app.listen({ port: 3000, host: '0.0.0.0' }).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
