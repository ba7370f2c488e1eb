namespace TlsProxy.Ktls.Costs;

/// <summary>What a response of one size costs the thread that sends it, by who makes its records. Where something is null
/// there were too few samples.</summary>
/// <param name="Bytes">Of the body, beside a head of a few hundred bytes.</param>
/// <param name="KernelMicroseconds">Processor time, in user and in kernel mode, with the kernel making the records.</param>
/// <param name="UserSpaceMicroseconds">The same with records made in user space.</param>
public readonly record struct RecordCost(int Bytes, double? KernelMicroseconds, double? UserSpaceMicroseconds)
{
    /// <summary>What the kernel's records cost of those made in user space; null where one of the two is.</summary>
    public double? Ratio => KernelMicroseconds / UserSpaceMicroseconds;
}
