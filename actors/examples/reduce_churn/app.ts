/** `npm run parley -- run actors/examples/reduce_churn/app.ts` */
import { type App, defineApp } from '../../../runtime/index.ts';
import { offers, retention } from './agents.ts';

const app: App = defineApp({ agents: [retention, offers] });
export default app;
