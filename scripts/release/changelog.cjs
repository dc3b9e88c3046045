// How a changelog reads: the sentences of the changesets, nothing else. Commits would need the history, which a shallow
// clone lacks, and which packages of ours moved along goes without saying where all share one version.

module.exports = {
  getReleaseLine: async ({ summary }) => `- ${summary.trim().replaceAll('\n', '\n  ')}`,
  getDependencyReleaseLine: async () => '',
};
