namespace TlsProxy.Proxy.Fetching.Answers;

/// <summary>What the answers of the origin have effects on; the same for all fetches.</summary>
/// <param name="Shards">Where a fetch leaves that nobody may join any more.</param>
/// <param name="Dispersal">Where those go whom an answer isn't for.</param>
/// <param name="Invalidation">What an answer to an unsafe request forgets.</param>
/// <param name="Freshening">What an answer to HEAD updates.</param>
internal sealed record AnswerContext(
    FetchServices Services, FetchShards Shards, Dispersal Dispersal, Invalidation Invalidation, HeadAnswer Freshening);
