// Asks the server. Questions are named; their parameters are values and never SQL.
async function get(path) {
  const response = await fetch(path, { cache: 'no-store' });
  const body = await response.json();
  if (!response.ok) throw new Error(body.error);
  return body;
}

export const study = () => get('/api/study');
export const version = async () => (await get('/api/version')).version;
export const questions = async () => new Map((await get('/api/questions')).map((q) => [q.name, q]));

// Rows as objects, with the parameters that were sent.
export async function ask(question, wanted) {
  const parameters = Object.fromEntries(
    Object.entries(wanted).filter(([key, value]) => question.parameters.includes(key) && value !== undefined && value !== null && value !== ''));
  const { columns, rows, total } = await get('/api/questions/' + question.name + '?' + new URLSearchParams(parameters));
  return {
    question, parameters, columns, total,
    rows: rows.map((row) => Object.fromEntries(row.map((value, i) => [columns[i], value]))),
  };
}
