import { fastify } from 'fastify';

/** The floor of reading: a bare Fastify route that answers a constant. */
const app = fastify();
app.get('/', () => ({ answer: 'constant' }));
process.send?.(await app.listen({ port: 0, host: '127.0.0.1' }));
process.on('disconnect', () => process.exit());
