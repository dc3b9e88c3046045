/** Asks the server of the first argument for a number, with a password, and prints the rows or the error. */
import { createTrinoClient } from '../src/index.ts';

const [, , server = ''] = process.argv;
const client = createTrinoClient({ server, auth: { username: 'ada', password: 'secret' } });
try {
  console.log(JSON.stringify((await client.run('SELECT 1')).rows));
} catch (error) {
  console.log(String(error));
}
