namespace TlsProxy.Bench.Micro;

/// <summary>One operation of the hot path, alone.</summary>
/// <param name="Name">What it is, and on what.</param>
/// <param name="Bytes">Bytes that one operation works on, for a rate; 0 where a rate says nothing.</param>
internal abstract class Benchmark(string name, int bytes = 0)
{
    public string Name { get; } = name;

    public int Bytes { get; } = bytes;

    /// <summary>Makes what the operation needs.</summary>
    public virtual void Prepare()
    {
    }

    /// <summary>Does the operation so many times.</summary>
    public abstract void Run(int operations);
}
