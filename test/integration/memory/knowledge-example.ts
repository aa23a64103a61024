/** The example of `runtime/memory/README.md`: ten documents, and for each a question in other words. */
export interface KnowledgeExample {
  readonly document: string;
  readonly question: string;
}

export const knowledgeExample: readonly KnowledgeExample[] = [
  {
    document:
      'A sudden rise of requests from a handful of addresses is an attack: limit the rate, do not add machines.',
    question: 'Traffic exploded and nearly all of it comes from five IPs. What now?',
  },
  {
    document: 'Instances that nobody uses at night should be switched off, and on again before the morning rush.',
    question: 'How do we save money while everybody is asleep?',
  },
  {
    document: 'When the database has no free connections left, every service behind it looks slow.',
    question: 'All our APIs got sluggish and the SQL pool is exhausted',
  },
  {
    document: 'Three-year contracts for instances are only worth it for load that never goes away.',
    question: 'Should we commit to reserved capacity for the long term?',
  },
  {
    document: 'Software that was released on a Friday caused half of last year’s outages.',
    question: 'Do deploys at the end of the week lead to downtime?',
  },
  {
    document: 'Personal data of customers in the European Union must stay in European regions.',
    question: 'May we store German users’ profiles in Virginia?',
  },
  {
    document: 'A memory leak shows as a slow climb over days that a restart resets.',
    question: 'RAM usage creeps up all week until we reboot the process',
  },
  {
    document: 'Response times explode when a server is busier than three quarters of its capacity.',
    question: 'What happens to latency at 90 percent CPU?',
  },
  {
    document: 'When the cache is empty, every request goes through to the origin servers.',
    question: 'The backend was flooded with queries after Redis lost what it had cached',
  },
  {
    document: 'Certificates are renewed a month before they end: one that has expired takes the whole site down.',
    question: 'Browsers warn that our SSL validity has lapsed and nobody gets in',
  },
];
