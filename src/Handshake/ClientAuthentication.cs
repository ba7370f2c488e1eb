namespace TlsProxy.Handshake;

/// <summary>Whether clients present certificates.</summary>
public enum ClientAuthentication : byte
{
    /// <summary>They aren't asked.</summary>
    Off,

    /// <summary>They are asked and may have none; one they present must be valid.</summary>
    Request,

    /// <summary>Without a valid one there is no session.</summary>
    Require,
}
