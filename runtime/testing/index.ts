/** The public names of `parley-runtime/testing`: a mesh in memory for tests of agents. */
export type { FaultSettings } from '../transport/simulated/index.ts';
export type { DeadIntent } from './records.ts';
export { type Stub, stub } from './stub.ts';
export { type TestMesh, type TestMeshOptions, testMesh } from './test-mesh.ts';
