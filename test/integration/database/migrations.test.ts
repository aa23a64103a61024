/** A schema for each mesh, brought up to date once, also by processes that open it at the same time. */
import { expect, it } from 'vitest';
import { SchemaMissingError, SchemaTooNewError, type StatementError } from '../../../runtime/database/index.ts';
import { type Migration, migrate } from '../../../runtime/database/migrate.ts';
import { migrations } from '../../../runtime/database/migrations/index.ts';
import { newMesh, onEachDatabase } from '../../support/database-rig.ts';

const pets: Migration = { name: 'pets', sql: (schema) => [`create table ${schema}.pets (name text primary key)`] };

onEachDatabase((rig) => {
  it('Many processes that start at once create the schema once', async () => {
    const mesh = newMesh();
    const [first, ...others] = await Promise.all(Array.from({ length: 12 }, () => rig.open(mesh)));
    expect(others).toHaveLength(11);
    const steps = await first?.query(`select version, name from ${first.schema}.schema_version order by version`);
    expect(steps).toEqual(migrations.map(({ name }, n) => ({ version: n + 1, name })));
  });

  it('Later steps run once each, and keep existing data', async () => {
    const database = await rig.open();
    const insert = `insert into ${database.schema}.pets values ('Rex')`;
    const later = [...migrations, pets, { name: 'Rex', sql: () => [insert] }];
    const other = await rig.open(database.schema.replace('parley_', ''));
    await Promise.all([migrate(database, later), migrate(other, later), migrate(database, later)]);
    expect(await database.query(`select name from ${database.schema}.pets`)).toEqual([{ name: 'Rex' }]);
  });

  it('A failed step rolls back itself and the steps with it', async () => {
    const database = await rig.open();
    const broken: Migration = { name: 'broken', sql: () => ['create nothing'] };
    const failed = migrate(database, [...migrations, pets, broken]);
    await expect(failed).rejects.toMatchObject({
      code: 'PARLEY_STATEMENT',
      sqlState: '42601',
    } satisfies Partial<StatementError>);
    const [found] = await database.query('select to_regclass($1) is not null as there', [`${database.schema}.pets`]);
    expect(found).toEqual({ there: false });
    await migrate(database, [...migrations, pets]);
  });

  it('A schema newer than this code is not touched', async () => {
    const database = await rig.open();
    await migrate(database, [...migrations, pets]);
    const reopened = rig.open(database.schema.replace('parley_', ''));
    await expect(reopened).rejects.toBeInstanceOf(SchemaTooNewError);
    const known = migrations.length;
    const message = `has version ${known + 1}, and this Parley knows ${known}: a newer one has written it`;
    await expect(reopened).rejects.toThrow(message);
  });

  it('A reader creates nothing, and names what is missing', async () => {
    const mesh = newMesh();
    const reading = rig.read(mesh);
    await expect(reading).rejects.toBeInstanceOf(SchemaMissingError);
    await expect(reading).rejects.toThrow(/nothing was ever stored in schema/);
    const other = await rig.open();
    const [found] = await other.query('select to_regnamespace($1) is not null as there', [`parley_${mesh}`]);
    expect(found).toEqual({ there: false });
    await rig.open(mesh);
    expect((await rig.read(mesh)).schema).toBe(`parley_${mesh}`);
  });

  it('The schemas of two meshes are separate', async () => {
    const [one, other] = [await rig.open(), await rig.open()];
    await migrate(one, [...migrations, pets]);
    await expect(other.query(`select name from ${other.schema}.pets`)).rejects.toMatchObject({ sqlState: '42P01' });
  });

  it('A transaction that throws leaves nothing, and passes on the error as it was thrown', async () => {
    const database = await rig.open();
    await migrate(database, [...migrations, pets]);
    const thrown = new Error('enough');
    const failed = database.transaction(async (queries) => {
      await queries.query(`insert into ${database.schema}.pets values ('Rex')`);
      throw thrown;
    });
    await expect(failed).rejects.toBe(thrown);
    expect(await database.query(`select name from ${database.schema}.pets`)).toEqual([]);
  });

  it('A closed database reports that it was closed', async () => {
    const database = await rig.open();
    await Promise.all([database.close(), database.close()]);
    await expect(database.query('select 1')).rejects.toThrow(/it was closed here/);
    await expect(database.transaction(async () => undefined)).rejects.toThrow(/it was closed here/);
  });
});
