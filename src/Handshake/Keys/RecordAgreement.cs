namespace TlsProxy.Handshake.Keys;

/// <summary>Something that a handshake could agree on for the records behind it.</summary>
/// <param name="Name">As the IANA registry or the RFC has it.</param>
/// <param name="Extension">The number of the extension that negotiates it, or null.</param>
/// <param name="Source">The RFC and its section.</param>
/// <param name="Reason">How it is honoured, or why it may be left alone.</param>
public sealed record RecordAgreement(string Name, ushort? Extension, RecordTreatment Treatment, string Source, string Reason);
