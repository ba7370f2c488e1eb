namespace TlsProxy.Bench.Load.Measuring;

/// <summary>One measurement of one server.</summary>
/// <param name="RequestsPerSecond">Answered.</param>
/// <param name="ProcessorMicroseconds">The server's user and system time per request.</param>
/// <param name="Enters">System calls of the event loop per request, where the server counts them.</param>
/// <param name="AllocatedBytes">Bytes of the managed heap per request, where the server counts them.</param>
/// <param name="Disturbance">The share of the server's processor that others took meanwhile.</param>
internal sealed record Sample(
    double RequestsPerSecond, double ProcessorMicroseconds, double? Enters, double? AllocatedBytes, double Disturbance);
