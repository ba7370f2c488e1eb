namespace TlsProxy.Proxy.Telemetry.Logging;

/// <summary>When what happened to a request, in nanoseconds of the loop's clock; 0 for what hasn't.</summary>
internal struct ExchangeTimes
{
    /// <summary>The keys were there, or the response before had left.</summary>
    public long Began;

    /// <summary>The head was whole.</summary>
    public long Head;

    /// <summary>The kernel had taken bytes of the response.</summary>
    public long First;

    /// <summary>The origin was asked.</summary>
    public long Asked;

    /// <summary>The origin's answer began, or its failure was known.</summary>
    public long Answered;

    /// <summary>Microseconds between two of them.</summary>
    public static long Micros(long from, long to) => Math.Max(0, to - from) / 1000;
}
