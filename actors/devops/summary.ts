/** What an intent of the DevOps mesh says, in a few words for a line of the story. */
import type { Intent } from '../../runtime/core/intent.ts';
import { isObject } from '../../runtime/core/json.ts';

/** Reads defensively: the mesh may carry intents of other senders too. */
export function summaryOf(intent: Intent): string {
  const { context } = intent;
  switch (intent.intent_type) {
    case 'investigate':
      return words(rise(context.cost_increase_pct) + text(context.service, ' on '), text(context.time_window));
    case 'optimize':
      return words(text(context.bottleneck), list(context.options));
    case 'scale':
      return words(proposal(context.proposal), fits(context.within_budget));
    default:
      return '';
  }
}

function words(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(', ');
}

const text = (value: unknown, before = ''): string => (typeof value === 'string' ? before + value : '');

const rise = (value: unknown): string => (typeof value === 'number' ? `+${value} %` : '');

const list = (value: unknown): string => (Array.isArray(value) ? `options ${value.map(String).join(' or ')}` : '');

function fits(value: unknown): string {
  if (typeof value !== 'boolean') return '';
  return value ? 'within budget' : 'over budget';
}

function proposal(value: unknown): string {
  if (!isObject(value)) return '';
  const { action, estimated_cost } = value;
  const cost = typeof estimated_cost === 'number' ? ` for ${estimated_cost} USD a month` : '';
  return typeof action === 'string' ? `${action}${cost}` : '';
}
