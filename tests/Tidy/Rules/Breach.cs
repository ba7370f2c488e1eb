namespace TlsProxy.Tidy.Tests.Rules;

/// <summary>A place that breaks a rule.</summary>
/// <param name="Line">From 1.</param>
/// <param name="What">What is wrong there, in a few words.</param>
/// <param name="Amount">How much of what an exception allows it uses up.</param>
internal readonly record struct Breach(int Line, string What, int Amount = 1);
