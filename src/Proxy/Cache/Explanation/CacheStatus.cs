using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Cache.Explanation;

/// <summary>Writes this cache's member of Cache-Status (RFC 9211). It is a line of its own after those of caches before,
/// so the list grows in order.</summary>
internal static class CacheStatus
{
    /// <summary>Bytes that suffice for the line and that of the debug field, but for its name.</summary>
    public const int BytesMaximum = 384;

    /// <summary>Writes the line. Section 2 would leave it out of answers that stem neither from the origin nor from the cache;
    /// there it has neither <c>hit</c> nor <c>fwd</c>, and says in <c>detail</c> what kind of answer it is.</summary>
    public static void Write(ref HeadWriter writer, in CacheNote note)
    {
        switch (note.Outcome)
        {
            case CacheOutcome.Local:
                writer.Raw("Cache-Status: tlsproxy"u8);
                WriteDetail(ref writer, note.Reuse);
                break;
            case CacheOutcome.Hit:
                writer.Raw("Cache-Status: tlsproxy; hit; ttl="u8);
                writer.Number(note.Ttl);
                break;
            case CacheOutcome.Stale when note.Store == CacheReason.None:
                writer.Raw("Cache-Status: tlsproxy; hit; ttl="u8);
                writer.Number(note.Ttl);
                WriteDetail(ref writer, note.Reuse);
                break;
            default:
                WriteForwarded(ref writer, note);
                break;
        }

        writer.Raw("\r\n"u8);
    }

    /// <summary>Writes the debug field, which names every answer's reasons.</summary>
    public static void WriteDebug(ref HeadWriter writer, ReadOnlySpan<byte> name, in CacheNote note)
    {
        writer.Raw(name);
        writer.Raw(": reuse="u8);
        writer.Raw(CacheReasons.Of(note.Reuse));
        writer.Raw("; store="u8);
        writer.Raw(CacheReasons.Of(note.Store));
        if (note.AgeSeconds >= 0)
        {
            writer.Raw("; age="u8);
            writer.Number(note.AgeSeconds);
        }

        WriteTtl(ref writer, note.Ttl);
        writer.Raw("\r\n"u8);
    }

    private static void WriteForwarded(ref HeadWriter writer, in CacheNote note)
    {
        writer.Raw("Cache-Status: tlsproxy; fwd="u8);
        writer.Raw(CacheReasons.Forwarded(note.Reuse));
        if (note.ForwardStatus > 0)
        {
            writer.Raw("; fwd-status="u8);
            writer.Number(note.ForwardStatus);
        }

        WriteTtl(ref writer, note.Ttl);
        if (note.Store is CacheReason.Stored or CacheReason.Updated or CacheReason.StoredPart)
            writer.Raw("; stored"u8);
        if (note.Outcome == CacheOutcome.Joined)
            writer.Raw("; collapsed"u8);
        if (note.Outcome == CacheOutcome.Stale)
            WriteDetail(ref writer, note.Reuse);
        else if (note.Reuse == CacheReason.HitForMiss)
            WriteDetail(ref writer, note.Reuse);
        else if (note.Store is not (CacheReason.None or CacheReason.Stored or CacheReason.Updated or CacheReason.StoredPart))
            WriteDetail(ref writer, note.Store);
    }

    private static void WriteTtl(ref HeadWriter writer, long ttl)
    {
        if (ttl == CacheNote.NoTtl)
            return;
        writer.Raw("; ttl="u8);
        writer.Number(ttl);
    }

    private static void WriteDetail(ref HeadWriter writer, CacheReason reason)
    {
        writer.Raw("; detail="u8);
        writer.Raw(CacheReasons.Of(reason));
    }
}
