namespace TlsProxy.Ktls;

/// <summary>Which directions are to be handed to the kernel.</summary>
public enum KtlsMode : byte
{
    Off,

    /// <summary>Records we send.</summary>
    Transmit,

    /// <summary>Records of both directions.</summary>
    Both,
}
