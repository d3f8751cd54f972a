/**
 * The tables of keys in schemas/README.md. In: a schema and the name of a section. Out: Markdown, from the schema's own
 * descriptions. `npm run schema` writes them between two markers: `<!-- keys: experiment dataset -->`, `<!-- end of keys -->`.
 */
import { stringify } from 'yaml';
import { resolveRef, type Schema } from './refs.ts';
import { type Language, schemaOf, tagOf } from './schema.ts';
import { expectation, firstSentence } from './sentences.ts';

/** Sections with a heading of their own, and the definition that each tells of; the file itself has the section `file`. */
const sections: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  experiment: {
    dataset: 'dataset',
    attributes: 'attribute',
    split: 'split',
    model: 'model',
    backbone: 'backbone',
    initializer: 'initializer',
    tower: 'towerLayer',
    loss: 'loss',
    optimizer: 'optimizer',
    learningRatePolicy: 'learningRatePolicy',
    warmUp: 'warmUp',
    duration: 'duration',
    augmentation: 'augmentation',
    stages: 'stage',
    execution: 'execution',
    tracking: 'tracking',
  },
  sweep: {
    axes: 'axis',
    strategy: 'strategy',
    metric: 'metric',
    budget: 'budget',
    limits: 'limits',
  },
};

/** The file itself. */
export const WHOLE = 'file';

/** One key, or two of one name that mean something else in another form of the map. */
interface Row {
  readonly key: string;
  /** Names of the forms that have it, of a map that has several. */
  readonly forms: readonly string[];
  readonly values: string;
  /** By form, in Markdown. */
  readonly fallbacks: ReadonlyMap<string, string>;
  readonly text: string;
}

/** A map, or one of the forms that a map can have. */
interface Form {
  readonly name: string;
  readonly schema: Schema;
}

export function sectionsOf(language: Language): string[] {
  return [WHOLE, ...Object.keys(sections[language])];
}

const marked = /(<!-- keys: (\w+) (\w+) -->\n)[\s\S]*?(<!-- end of keys -->)/g;

/** @returns the text with every table between its markers made anew */
export function withTables(text: string): string {
  return text.replace(
    marked,
    (_, begin: string, language: Language, section: string, end: string) =>
      `${begin}\n${keysTable(language, section)}\n\n${end}`,
  );
}

/** @throws Error for a section that there is not */
export function keysTable(language: Language, section: string): string {
  const root = schemaOf(language);
  const definition = sections[language]?.[section];
  const schema = section === WHOLE ? root : root.definitions?.[definition ?? ''];
  if (schema === undefined) throw new Error(`there is no section "${section}" of ${language}`);
  const tag = schema.discriminator?.propertyName;
  const forms = formsOf(schema);
  const rows = rowsOf(schema, '', language, new Set()).filter(({ key }) => key !== tag);
  const names =
    tag === undefined
      ? []
      : table(
          [`\`${tag}\``, 'what it is'],
          forms.map(({ name, schema: { properties } }) => [code(name), withoutName(properties![tag]!, name)]),
        );
  const isShared = rows.every((row) => row.forms.length === forms.length);
  const keys = table(
    ['key', ...(isShared ? [] : ['with']), 'value', 'default', 'what it is'],
    rows.map((row) => [
      code(row.key),
      ...(isShared ? [] : [row.forms.length === forms.length ? '' : row.forms.map(code).join(', ')]),
      row.values,
      fallbackOf(row),
      row.text,
    ]),
  );
  return [
    schema.description ?? '',
    '',
    ...names,
    ...(names.length > 0 && rows.length > 0 ? [''] : []),
    ...(rows.length > 0 ? keys : []),
  ].join('\n');
}

function rowsOf(schema: Schema, prefix: string, language: Language, above: ReadonlySet<Schema>): Row[] {
  const rows: Row[] = [];
  for (const { name, schema: form } of formsOf(schema)) {
    for (const [key, property] of Object.entries(form.properties ?? {})) {
      const path = prefix + key;
      const target = resolveRef(property);
      const link = linkOf(target, language);
      const inner =
        link !== undefined || above.has(target)
          ? []
          : rowsOf(target, `${path}.`, language, new Set([...above, target]));
      const required = form.required?.includes(key) && property.default === undefined;
      const own: Row = {
        key: path,
        forms: [name],
        values: link ?? valuesOf(target, language),
        fallbacks: new Map([
          [name, required ? 'required' : defaultOf(property, link !== undefined || inner.length > 0)],
        ]),
        text: property.description ?? ownText(target, link),
      };
      for (const row of [
        own,
        ...inner.map((one) => ({ ...one, forms: [name], fallbacks: whole(one, name) })),
      ])
        merge(rows, row);
    }
  }
  return rows;
}

/** A section says the rest itself. */
function ownText({ description = '' }: Schema, link: string | undefined): string {
  return (link === undefined ? description : firstSentence(description)) ?? '';
}

/** Of a key inside a key, what it is by default does not depend on the outer map's form. */
function whole({ fallbacks }: Row, name: string): ReadonlyMap<string, string> {
  return new Map([[name, [...new Set(fallbacks.values())].join(', ')]]);
}

/** The same key with the same meaning in another form is one row. */
function merge(rows: Row[], row: Row): void {
  const i = rows.findIndex(
    ({ key, values, text }) => key === row.key && values === row.values && text === row.text,
  );
  const same = rows[i];
  if (same === undefined) rows.push(row);
  else
    rows[i] = {
      ...same,
      forms: [...same.forms, ...row.forms],
      fallbacks: new Map([...same.fallbacks, ...row.fallbacks]),
    };
}

/** The forms of a union of maps, each by its tag or by the key that no other form requires; else the map itself. */
function formsOf(schema: Schema): Form[] {
  if (schema.oneOf) return schema.oneOf.map((branch) => ({ name: tagOf(branch)!, schema: branch }));
  const maps = (schema.anyOf ?? []).map(resolveRef).filter(({ properties }) => properties !== undefined);
  if (maps.length < 2) return [{ name: '', schema: maps[0] ?? schema }];
  return maps.map((one) => {
    const others = maps.filter((map) => map !== one).flatMap(({ required = [] }) => required);
    const own = one.required?.filter((key) => !others.includes(key))[0];
    return { name: own ?? one.required?.[0] ?? '', schema: one };
  });
}

/** A link to the section that tells of this part, or of what a list or map holds. */
function linkOf(schema: Schema, language: Language): string | undefined {
  const { definitions = {} } = schemaOf(language);
  const found = Object.entries(sections[language]).find(([, name]) => definitions[name] === schema);
  if (found !== undefined) return `[${found[0]}](#${found[0].toLowerCase()})`;
  const items = schema.items && linkOf(resolveRef(schema.items), language);
  if (items !== undefined) return `a list of ${items}`;
  if (typeof schema.additionalProperties !== 'object') return undefined;
  const values = linkOf(resolveRef(schema.additionalProperties), language);
  return values && `by name, ${values}`;
}

function valuesOf(schema: Schema, language: Language): string {
  const branches = schema.anyOf?.map((branch) => linkOf(resolveRef(branch), language) ?? expectation(branch));
  const words = branches === undefined ? expectation(schema) : branches.join(' or ');
  return (
    words
      .replace(/"([^"]*)"/g, '`$1`')
      .replace(/ or null$/, ', or null')
      // The largest number that JavaScript counts to says nothing to a reader.
      .replace(`from 0 to ${Number.MAX_SAFE_INTEGER}`, 'of at least 0')
  );
}

/** @param isMap whose own keys follow with their defaults */
function defaultOf({ default: value }: Schema, isMap: boolean): string {
  if (value === undefined || (isMap && JSON.stringify(value) === '{}')) return '';
  const text = stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim();
  // YAML would take a comma for the end of an element.
  return code(value === ',' ? '","' : text);
}

/** What most forms have comes first. */
function fallbackOf({ fallbacks }: Row): string {
  const forms = new Map<string, string[]>();
  for (const [form, text] of fallbacks) forms.set(text, [...(forms.get(text) ?? []), form]);
  const [first, ...others] = [...forms].sort(([, a], [, b]) => b.length - a.length);
  return [
    first![0],
    ...others.map(([text, names]) => `${text || 'none'} with ${names.map(code).join(', ')}`),
  ].join('; ');
}

/** A branch's description begins with its name, which stands in a column of its own here. */
function withoutName({ description = '' }: Schema, name: string): string {
  const text = description.replace(`\`${name}\`: `, '');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

function code(text: string): string {
  return text === '' ? '' : `\`${text}\``;
}
