using TlsProxy.Bench.Load.Measuring;

namespace TlsProxy.Bench.Load.Instructions;

/// <summary>What the kernel's TLS did with the bytes of a server's sends, per request.</summary>
/// <param name="Requests">During which the kernel counted.</param>
internal sealed record CopyProof(Entry Entry, int Requests, ProbeCounts Counts)
{
    public double ZeroCopies => (double)Counts.ZeroCopies / Requests;

    public double Copies => (double)Counts.Copies / Requests;

    public double Records => (double)Counts.Records / Requests;

    /// <summary>Whether the kernel made the records and copied nothing into them.</summary>
    public bool IsZeroCopy => Counts is { Records: > 0, Copies: 0 };
}
