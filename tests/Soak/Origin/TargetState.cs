using System.Globalization;

namespace TlsProxy.Soak.Origin;

/// <summary>What an origin has under one target for one variant: its version, and the validators that follow from it.</summary>
internal sealed class TargetState
{
    private static readonly DateTimeOffset FirstChange = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private int _version = 1;

    public int Version => Volatile.Read(ref _version);

    /// <summary>Changes the content; returns its version.</summary>
    public int Change() => Interlocked.Increment(ref _version);

    public static string Tag(string variant, int version) => string.Create(CultureInfo.InvariantCulture, $"\"{variant}-{version}\"");

    public static string Modified(int version) => FirstChange.AddHours(version).ToString("R", CultureInfo.InvariantCulture);
}
