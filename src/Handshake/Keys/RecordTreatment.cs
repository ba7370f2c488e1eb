namespace TlsProxy.Handshake.Keys;

/// <summary>What becomes of something that a handshake could agree on for the records behind it.</summary>
public enum RecordTreatment : byte
{
    /// <summary>It may be agreed on, and the records honour it.</summary>
    Honoured,

    /// <summary>No engine may agree on it.</summary>
    Refused,

    /// <summary>It may be agreed on, and the records stay as they are.</summary>
    Irrelevant,
}
